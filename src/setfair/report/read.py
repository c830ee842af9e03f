"""Reading for the report: named queries over the tables, and exact sums.

Rules
-----
1. Every query stands in `queries.sql` under its name; the shared definitions at its head are part of each.
2. A sum may not fit into 64 bits though every amount does. Queries sum the halves, `*_high` in units of 2^32
   and `*_low`, and `Reader.rows` puts them together as a Python integer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from setfair.errors import StoreError

Row = dict[str, Any]
Query = Callable[[str, tuple[object, ...]], list[Row]]
"""Returns the rows of one query as dictionaries: `House.query` or `Tables.query`."""

_NAME = "-- name: "
_DEFINITIONS = "definitions"
_NO_SPANS: Sequence[Sequence[int]] = ()


class Reader:
    """Runs the report's named queries over the spans of one business day."""

    def __init__(self, query: Query, spans: Sequence[Sequence[int]] = _NO_SPANS) -> None:
        """Take the query function, and the rows of the definition `day` in `queries.sql`."""
        self._query = query
        self._spans = json.dumps([list(span) for span in spans])

    def rows(self, name: str, *parameters: object) -> list[Row]:
        """Return the rows of a named query, with the halves of sums put together.

        Parameters
        ----------
        name
            Name in `queries.sql`.
        parameters
            Values of ?2, ?3 ...; lists are handed over as JSON.
        """
        given = tuple(json.dumps(value) if isinstance(value, list) else value for value in parameters)
        found = self._query(_queries()[name], (self._spans, *given))
        return [_whole(row) for row in found]


def _whole(row: Mapping[str, Any]) -> Row:
    whole = {}
    for key, value in row.items():
        if key.endswith("_high"):
            whole[key.removesuffix("_high")] = (int(value) << 32) + int(row[key[:-5] + "_low"])
        elif not key.endswith("_low"):
            whole[key] = value
    return whole


@lru_cache(maxsize=1)
def _queries() -> dict[str, str]:
    """Return every query by its name, each with the shared definitions before it."""
    script = files("setfair.report").joinpath("queries.sql").read_text(encoding="utf-8")
    blocks = dict(block.split("\n", 1) for block in script.split(_NAME)[1:])
    definitions = blocks.pop(_DEFINITIONS, None)
    if definitions is None:
        raise StoreError(f"queries.sql has no {_DEFINITIONS}")
    # Only tables of definitions and a query that continues them: no value is ever put into the text.
    return {name.strip(): definitions + body for name, body in blocks.items()}
