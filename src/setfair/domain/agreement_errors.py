"""Turns the errors of the models into lines "path.to[2].field: what is wrong; what is allowed"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from setfair.domain.agreement_fields import shorten

SECRET_FIELDS = frozenset({"public_key"})
"""Fields whose value is never shown: somebody may have pasted a private key there."""

KINDS = {
    "string_type": 'a text in quotes, e.g. "KE01"',
    "int_type": "a whole number without quotes",
    "bool_type": "true or false",
    "date_type": "a date without quotes and time, e.g. 2026-01-05",
    "time_type": "a time of day without quotes, e.g. 16:00:00",
    "tuple_type": "a list in square brackets, or rows under [[...]]",
    "model_type": "a table",
    "dict_type": "a table",
}
"""What is allowed, by the type of error that pydantic gives when a value is of another type."""


def describe_errors(error: ValidationError, model: type[BaseModel]) -> tuple[str, ...]:
    """Return a line for each error, in the order of the document's fields."""
    details = error.errors(include_url=False)
    return tuple(_describe(detail, model) for detail in details if not _follows_from_others(detail))


def format_path(location: tuple[int | str, ...]) -> str:
    """Return ``("accounts", 2, "currency")`` as ``accounts[2].currency``; odd keys are quoted."""
    text = ""
    for step in location:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            plain = step.isascii() and step.replace("_", "").replace("-", "").isalnum() and len(step) <= 60
            text += ("." if text else "") + (step if plain else shorten(step))
    return text or "document"


def _follows_from_others(detail: ErrorDetails) -> bool:
    """Return whether a list is short only because rows in it are wrong, which is said already."""
    if detail["type"] != "too_short":
        return False
    return len(detail["input"]) >= detail["ctx"]["min_length"]


def _describe(detail: ErrorDetails, model: type[BaseModel]) -> str:
    location, kind = detail["loc"], detail["type"]
    context: Mapping[str, Any] = detail.get("ctx") or {}
    value = detail["input"]
    if kind == "missing":
        text = f"is missing; it is required{_meaning(model, location)}"
    elif kind == "extra_forbidden":
        text = _unknown_field(model, location)
    elif kind == "agreement":
        text = str(context["text"])
    elif kind == "literal_error":
        text = f"{shorten(value)} is not known; {context['expected']}"
    elif kind in ("too_short", "too_long"):
        bound = context.get("min_length", context.get("max_length"))
        words = "or more" if kind == "too_short" else "or fewer"
        length = context.get("actual_length")
        text = f"has {length} {'row' if length == 1 else 'rows'}; {bound} {words}"
    else:
        text = _describe_value(kind, context, value, model, location)
    if location and location[-1] in SECRET_FIELDS and kind != "agreement":
        text = "is no public key; the text that `setfair agreement keygen` prints, in quotes"
    return f"{format_path(location)}: {text}"


def _describe_value(
    kind: str,
    context: Mapping[str, Any],
    value: object,
    model: type[BaseModel],
    location: tuple[int | str, ...],
) -> str:
    if kind in KINDS:
        return f"{_shown(value)} is of the wrong kind; {KINDS[kind]}"
    if kind == "string_pattern_mismatch":
        return f"{shorten(value)} is not allowed; {_pattern_words(str(context['pattern']))}"
    if kind == "string_too_long":
        return f"has {len(str(value))} characters; at most {context['max_length']}"
    bounds = {"greater_than_equal": ("ge", "or more"), "less_than_equal": ("le", "or less")}
    if kind in bounds:
        name, words = bounds[kind]
        return f"{shorten(value)} is out of range; {context[name]} {words}"
    return f"{_shown(value)} is not allowed; see this field in docs/agreement.md{_meaning(model, location)}"


def _pattern_words(pattern: str) -> str:
    words = {
        r"^[A-Z0-9]{2,16}$": "2 to 16 capital letters and digits",
        r"^[a-z0-9][a-z0-9._-]{0,31}$": "1 to 32 small letters, digits, '.', '_' and '-'",
        r"^[A-Z0-9][A-Z0-9_-]{0,15}$": "1 to 16 capital letters, digits, '_' and '-'",
        r"^[a-z0-9][a-z0-9_-]{0,31}$": "1 to 32 small letters, digits, '_' and '-'",
        r"^[A-Za-z0-9][A-Za-z0-9./_-]{0,34}$": "1 to 35 letters, digits, '.', '/', '_' and '-'",
    }
    return words[pattern]


def _shown(value: object) -> str:
    if isinstance(value, (dict, tuple, list)):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, (bool, date, time)):
        return str(value).lower()
    return shorten(value)


def _unknown_field(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    owner = find_model(model, location[:-1])
    names = list(owner.model_fields) if owner else []
    close = get_close_matches(str(location[-1])[:60], names, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"is no field of this table; {', '.join(names)}{hint}"


def _meaning(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    owner = find_model(model, location[:-1])
    field = owner.model_fields.get(str(location[-1])) if owner and location else None
    if field is None or not field.description:
        return ""
    return f": {field.description[0].lower()}{field.description[1:].rstrip('.')}"


def find_model(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Return the model of the table at a path, or None if there is none."""
    found: type[BaseModel] | None = model
    for step in location:
        if isinstance(step, int) or found is None:
            continue
        field = found.model_fields.get(step)
        found = _model_in(field.annotation) if field else None
    return found


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for item in get_args(annotation) if (found := _model_in(item))), None)
