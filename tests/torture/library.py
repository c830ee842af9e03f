"""The functions of the SQLite that the house runs on, which the driver's library keeps to itself.

The ADBC driver has SQLite built in and exports none of its functions; but its symbol table names them. So
a layer can be put under the very library that the house uses, without a compiler.
Source: System V ABI, chapter 4 (ELF-64).
"""

from __future__ import annotations

import ctypes
import sys
from functools import lru_cache
from pathlib import Path

import adbc_driver_sqlite
import numpy as np

_SECTION = np.dtype(
    [
        ("name", "<u4"),
        ("type", "<u4"),
        ("flags", "<u8"),
        ("address", "<u8"),
        ("offset", "<u8"),
        ("size", "<u8"),
        ("link", "<u4"),
        ("info", "<u4"),
        ("alignment", "<u8"),
        ("entry_size", "<u8"),
    ]
)
_SYMBOL = np.dtype(
    [("name", "<u4"), ("info", "u1"), ("other", "u1"), ("section", "<u2"), ("value", "<u8"), ("size", "<u8")]
)
_SYMBOL_TABLE = 2
_EXPORTED = "AdbcConnectionNew"


class NoSymbolsError(Exception):
    """The driver's library is no ELF file with a symbol table: no layer can be put under it here."""


@lru_cache
def addresses(*names: str) -> tuple[int, ...]:
    """Return the addresses of functions of the SQLite in the driver's library.

    Raises
    ------
    NoSymbolsError
        If the library does not say where they are.
    """
    path = Path(adbc_driver_sqlite._driver_path())
    values = _symbol_values(path.read_bytes(), (*names, _EXPORTED))
    exported = ctypes.cast(getattr(ctypes.CDLL(str(path)), _EXPORTED), ctypes.c_void_p).value or 0
    base = exported - values[_EXPORTED]
    return tuple(base + values[name] for name in names)


def _symbol_values(raw: bytes, names: tuple[str, ...]) -> dict[str, int]:
    if raw[:6] != b"\x7fELF\x02\x01" or sys.byteorder != "little":
        raise NoSymbolsError("the driver's library is no 64-bit little-endian ELF file")
    offset = int.from_bytes(raw[40:48], "little")
    count = int.from_bytes(raw[60:62], "little")
    sections = np.frombuffer(raw, _SECTION, count, offset)
    found = {}
    for section in sections[sections["type"] == _SYMBOL_TABLE]:
        symbols = np.frombuffer(
            raw, _SYMBOL, int(section["size"]) // _SYMBOL.itemsize, int(section["offset"])
        )
        texts = sections[section["link"]]
        strings = raw[int(texts["offset"]) : int(texts["offset"] + texts["size"])]
        for name in names:
            at = strings.find(b"\0" + name.encode() + b"\0") + 1
            fits = symbols[(symbols["name"] == at) & (symbols["section"] != 0)]
            if at and len(fits):
                found[name] = int(fits["value"][0])
    if len(found) != len(set(names)):
        raise NoSymbolsError(f"the driver's library does not name {set(names) - found.keys()}")
    return found
