"""Write docs/cli.md from the commands themselves.

    python docs/generate_cli.py

A test fails when the document is not what this writes.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from setfair.cli.main import make_app

DOCUMENT = Path(__file__).with_name("cli.md")

HEAD = """# The command line

Written by `docs/generate_cli.py` from the commands: do not edit.

Every command takes `--help`. `--json` prints JSON for machines on standard output. Exit codes: 0 done; 1
something was rejected or left out, with `--strict`, or is not proven, or differs; 2 refused, with the
reason on standard error.

`--now TIME`, or `SETFAIR_NOW`, is for rehearsals: the time to use instead of the clock's.
A house never goes back in time.
"""


def document() -> str:
    """Return the whole document."""
    return "\n".join([HEAD, *_sections(typer.main.get_command(make_app()), "setfair")]).rstrip() + "\n"


def _sections(command: Any, name: str) -> Iterator[str]:
    """Yield the sections of a command and of those below it; a group has only its commands."""
    below = getattr(command, "commands", None)
    if below is None:
        yield _section(command, name)
        return
    for word, each in below.items():
        yield from _sections(each, f"{name} {word}")


def _section(command: Any, name: str) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and each.name != "help"]
    usage = [name, *(_metavar(each) for each in arguments)]
    usage += [f"{each.opts[0]} {_metavar(each)}" for each in options if each.required]
    usage += ["[options]"] if any(not each.required for each in options) else []
    help_text = " ".join(inspect.cleandoc(command.help or "").split())
    lines = [f"## `{name}`", "", help_text, "", "```", " ".join(usage), "```", ""]
    if arguments or options:
        lines += ["| | |", "|---|---|"]
        lines += [f"| `{_metavar(each)}` | {_text(each)} |" for each in arguments]
        lines += [f"| {_names(each)} | {_text(each)} |" for each in options]
        lines.append("")
    return "\n".join(lines)


def _metavar(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _names(option: Any) -> str:
    names = ", ".join(f"`{each}`" for each in (*option.opts, *option.secondary_opts))
    return names if option.is_flag else f"{names} `{_metavar(option)}`"


def _text(parameter: Any) -> str:
    text = " ".join((parameter.help or "").split()).replace("|", "\\|")
    return f"{text} Required." if parameter.required and parameter.param_type_name == "option" else text


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
