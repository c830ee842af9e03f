"""What the kernels over text columns mean: one text at a time, in obvious Python."""

from __future__ import annotations

import re

from setfair.domain.codes import Reason
from setfair.domain.money import parse_amount

_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)


def read_amount(text: str, decimals: int) -> int | Reason:
    """Return minor units, or why not; decimals -1 stands for a currency that is not known."""
    return Reason.UNKNOWN_CURRENCY if decimals < 0 else parse_amount(text, decimals)


def read_uetr(text: str) -> bytes | None:
    """Return the 16 bytes of a UUID of version 4, None for any other text."""
    return bytes.fromhex(text.replace("-", "")) if _UUID4.fullmatch(text.lower()) and text.isascii() else None


def is_worded(text: str) -> bool:
    """Say whether a text has an ASCII letter or digit."""
    return any(character.isascii() and character.isalnum() for character in text)


def has_padding(texts: list[str]) -> bool:
    """Say whether a text begins or ends with an ASCII space or control character."""
    return any(text and (text[0] <= " " or text[-1] <= " ") for text in texts)


def hash_text(text: str, seed: int) -> int:
    """Return 64 bits for a text and a seed."""
    value = _mix((seed ^ 0xCBF29CE484222325) % 2**64)
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return _mix(value)


def _mix(value: int) -> int:
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        value = (value ^ (value >> shift)) * factor % 2**64
    return value ^ (value >> 31)
