"""Play an arrangement and print what the run shows.

python -m examples.arrangements clearing_union | local_currency | instant | rtgs --folder DIR
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from examples.arrangements import clearing_union, instant, local_currency, rtgs
from examples.arrangements.play import Fact

ARRANGEMENTS: dict[str, Callable[[Path], list[Fact]]] = {
    "clearing_union": clearing_union.play,
    "local_currency": local_currency.play,
    "instant": instant.play,
    "rtgs": rtgs.play,
}


def as_table(facts: list[Fact]) -> str:
    """Return what a run shows as a Markdown table."""
    lines = ["| what the run shows | |", "|---|---|", *(f"| {words} | {figure} |" for words, figure in facts)]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read the command line, play, print."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.arrangements", description="Play an arrangement."
    )
    parser.add_argument("name", choices=ARRANGEMENTS)
    parser.add_argument("--folder", type=Path, required=True, help="a new folder for the house")
    given = parser.parse_args()
    if given.folder.exists():
        parser.error(f"{given.folder} is there already")
    print(as_table(ARRANGEMENTS[given.name](given.folder)), end="")


if __name__ == "__main__":
    main()
