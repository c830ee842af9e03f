"""Tuples of arrays that kernels hand on by their address.

Numba passes a tuple to a kernel word by word: seven for each array, more than a hundred for the books of a
house. A kernel that calls another pushes them all, and what is called copies those that it hands on. A class
of named tuples that is marked `by_reference` is one word: the address where Python's call put the tuple. Its
members are read from there where they are used, and are known not to change, so a loop reads them once.

Only a call from Python makes such a tuple; kernels cannot.
"""

from __future__ import annotations

from typing import Any, TypeVar
from zlib import crc32

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

_Class = TypeVar("_Class", bound=type)


class Reference(types.Type):
    """The type of the address of a named tuple."""

    def __init__(self, pointee: Any) -> None:
        self.pointee = pointee
        super().__init__(f"{pointee.instance_class.__name__}{crc32(pointee.name.encode()):08x}")

    @property
    def key(self) -> Any:
        """Return what tells this type from others."""
        return self.pointee

    def member(self, name: str) -> Any:
        """Return the type of a member."""
        return self.pointee.types[self.pointee.fields.index(name)]


@register_model(Reference)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, reference: Reference) -> None:
        super().__init__(manager, reference, manager.lookup(reference.pointee).get_value_type().as_pointer())


@infer_getattr
class _Members(AttributeTemplate):
    key = Reference

    def generic_resolve(self, reference: Reference, name: str) -> Any:
        return reference.member(name) if name in reference.pointee.fields else None


@lower_getattr_generic(Reference)
def _read_member(context: Any, builder: Any, reference: Any, address: Any, name: str) -> Any:
    place = reference.pointee.fields.index(name)
    return _read(builder, cgutils.gep_inbounds(builder, address, 0, place))


def _read(builder: Any, address: Any) -> Any:
    """Read a value word by word, each as one that never changes."""
    kind = address.type.pointee
    if not isinstance(kind, ir.Aggregate):
        word = builder.load(address)
        word.set_metadata("invariant.load", builder.module.add_metadata([]))
        return word
    value = ir.Constant(kind, ir.Undefined)
    for place in range(len(kind)):
        value = builder.insert_value(
            value, _read(builder, cgutils.gep_inbounds(builder, address, 0, place)), place
        )
    return value


@unbox(Reference)
def _take(reference: Any, tuple_object: Any, call: Any) -> Any:
    """Put the tuple of a call from Python where its address stays good until the kernel returns."""
    native = call.unbox(reference.pointee, tuple_object)
    address = cgutils.alloca_once_value(call.builder, native.value)
    # The words do not change from here on, and were not there before: the compiler is to see two addresses.
    hide = ir.FunctionType(address.type, [address.type])
    address = call.builder.asm(hide, "", "=r,0,~{memory}", [address], True)
    return NativeValue(address, is_error=native.is_error, cleanup=native.cleanup)


def by_reference(cls: _Class) -> _Class:
    """Let kernels take the tuples of a class of named tuples by their address."""

    @typeof_impl.register(cls)
    def _type_of(value: Any, call: Any) -> Any:
        return Reference(types.BaseTuple.from_types([typeof_impl(each, call) for each in value], cls))

    return cls
