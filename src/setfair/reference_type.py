"""Tuples of arrays that kernels hand on by their address: what Numba has to know of them.

Numba passes a tuple to a kernel word by word: seven for each array, more than a hundred for the books of a
house. A kernel that calls another pushes them all, and what is called copies those that it hands on. A class
of named tuples that is marked (`by_reference`) is one word: the address where the call from Python put the
tuple. Its members are read from there where they are used, and are known not to change, so a loop reads them
once. Where kernels are not compiled, it is a named tuple as any other.

Only a call from Python makes such a tuple; kernels cannot.
"""

from __future__ import annotations

from typing import Any
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

from setfair.by_reference import for_each_marked

# Numba has no types of its own for these.
_address_of: Any = cgutils.gep_inbounds
_put: Any = cgutils.alloca_once_value
_native: Any = NativeValue
_type_of: Any = typeof_impl
_tuple_of: Any = types.BaseTuple.from_types
_register_model: Any = register_model
_register_members: Any = infer_getattr
_register_reading: Any = lower_getattr_generic
_register_taking: Any = unbox


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


@_register_model(Reference)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, reference: Reference) -> None:
        address = manager.lookup(reference.pointee).get_value_type().as_pointer()
        super().__init__(manager, reference, address)  # type: ignore[no-untyped-call]


def _find_member(_template: Any, reference: Reference, name: str) -> Any:
    return reference.member(name) if name in reference.pointee.fields else None


@_register_members
class _Members(AttributeTemplate):
    key = Reference
    generic_resolve: Any = _find_member


@_register_reading(Reference)
def _read_member(_context: Any, builder: Any, reference: Any, address: Any, name: str) -> Any:
    return _read(builder, _address_of(builder, address, 0, reference.pointee.fields.index(name)))


def _read(builder: Any, address: Any) -> Any:
    """Read a value word by word, each as one that never changes."""
    kind = address.type.pointee
    if not isinstance(kind, ir.Aggregate):
        word = builder.load(address)
        word.set_metadata("invariant.load", builder.module.add_metadata([]))
        return word
    value = ir.Constant(kind, ir.Undefined)
    for place in range(len(kind)):
        value = builder.insert_value(value, _read(builder, _address_of(builder, address, 0, place)), place)
    return value


@_register_taking(Reference)
def _take(reference: Any, named_tuple: Any, call: Any) -> Any:
    """Put the tuple of a call from Python where its address stays good until the kernel returns."""
    native = call.unbox(reference.pointee, named_tuple)
    address = _put(call.builder, native.value)
    # Its words never change from here on, but were not there before: the compiler is to see two addresses.
    same = ir.FunctionType(address.type, [address.type])
    address = call.builder.asm(same, "", "=r,0,~{memory}", [address], True)
    return _native(address, is_error=native.is_error, cleanup=native.cleanup)


def _register(cls: type) -> None:
    @_type_of.register(cls)
    def _type_of_tuple(value: Any, call: Any) -> Any:
        return Reference(_tuple_of([_type_of(each, call) for each in value], cls))


for_each_marked(_register)
