"""`setfair verify`: check a quittance, or that a journal has only grown. Offline, and without the engine.

Exit codes: 0 proven, 1 not proven, 2 no proof at all (a file that is none, a key that cannot be read).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from setfair.cli.common import error_console, operational_errors, print_json, print_plain, read_bounded
from setfair.cli.options import AsJson
from setfair.errors import NotProvenError, SetfairError
from setfair.proof.checkpoint import Checkpoint, checkpoint_of, cosigner_name
from setfair.proof.consistency import CONSISTENCY_BYTES_MAX, from_json, verify_consistency
from setfair.proof.note import COSIGNATURE, ED25519, NOTE_BYTES_MAX, Key, read_key, read_note
from setfair.proof.quittance import QUITTANCE_BYTES_MAX, read_quittance
from setfair.proof.quittance import verify as verify_quittance
from setfair.proof.trust import Trust

EXIT_NOT_PROVEN = 1
_KEY_BYTES_MAX = 1024


@operational_errors()
def verify(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A quittance, as `setfair prove` writes it.")
    ] = None,
    *,
    key: Annotated[
        Path, typer.Option("--key", metavar="FILE", help="The house's public key: its keys/house.pub.")
    ],
    cosigner: Annotated[
        list[str] | None,
        typer.Option(
            "--cosigner",
            metavar="ID=KEY",
            help="Who must have cosigned, with the public key or a file of it; may be given again.",
        ),
    ] = None,
    known: Annotated[
        Path | None,
        typer.Option("--known", metavar="FILE", help="A checkpoint that you know: older ones are refused."),
    ] = None,
    consistent: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            "--consistent",
            metavar="OLD NEW",
            help="Check that the journal of the checkpoint OLD only grew; NEW is what "
            "`setfair checkpoint consistency` wrote.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a quittance, or with --consistent two checkpoints, and say in words what is proven.
    Needs the house's public key and nothing else: no house, no network. Exit code 1: not proven.
    """
    checked: list[str] = []
    refusal = None
    try:
        for sentence in _sentences(file, consistent, _given_trust(file, consistent, (key, cosigner, known))):
            checked.append(sentence)
    except NotProvenError as error:
        refusal = str(error)
    if as_json:
        print_json({"proven": refusal is None, "refusal": refusal, "checked": checked})
    else:
        _show(checked, refusal)
    if refusal is not None:
        raise typer.Exit(EXIT_NOT_PROVEN)


def _given_trust(
    file: Path | None, consistent: tuple[Path, Path] | None, given: tuple[Path, list[str] | None, Path | None]
) -> Trust:
    """Return what the verifier brings along; the keys stand under the names that the checkpoint's origin has."""
    if (file is None) == (consistent is None):
        raise SetfairError("name a quittance, or two checkpoints with --consistent")
    key, cosigners, known = given
    origin = checkpoint_of(read_note(_note_in(file, consistent))).origin
    house = read_key(_text(key, _KEY_BYTES_MAX), origin, ED25519)
    seen = checkpoint_of(read_note(_text(known, NOTE_BYTES_MAX))) if known is not None else None
    return Trust(
        house, tuple(_cosigner(one, origin) for one in cosigners or ()), _of_house(seen, house, known)
    )


def _of_house(seen: Checkpoint | None, house: Key, known: Path | None) -> Checkpoint | None:
    if seen is not None and seen.origin != house.name:
        raise SetfairError(f"{known}: is a checkpoint of {seen.origin}, not of {house.name}")
    return seen


def _note_in(file: Path | None, consistent: tuple[Path, Path] | None) -> str:
    if consistent is not None:
        return from_json(read_bounded(consistent[1], CONSISTENCY_BYTES_MAX))[1]
    return read_quittance(_bytes(file))[0].checkpoint


def _sentences(file: Path | None, consistent: tuple[Path, Path] | None, trust: Trust) -> Iterator[str]:
    if consistent is not None:
        newer = read_bounded(consistent[1], CONSISTENCY_BYTES_MAX)
        return verify_consistency(_text(consistent[0], NOTE_BYTES_MAX), newer, trust)
    quittance, words = read_quittance(_bytes(file))
    return verify_quittance(quittance, words, trust)


def _bytes(file: Path | None) -> bytes:
    return read_bounded(file, QUITTANCE_BYTES_MAX) if file is not None else b""


def _text(path: Path, bytes_max: int) -> str:
    try:
        return read_bounded(path, bytes_max).decode()
    except UnicodeDecodeError:
        raise SetfairError(f"{path}: is not UTF-8 text") from None


def _cosigner(given: str, origin: str) -> Key:
    """Return the key of a cosigner: ID=KEY, where KEY is the key or a file of it."""
    name, separator, value = given.partition("=")
    if not separator or not name or not value:
        raise SetfairError(f"{given!r}: write a cosigner as ID=KEY, for example KE01=ke01.pub")
    path = Path(value)
    text = _text(path, _KEY_BYTES_MAX) if len(value) < 256 and path.is_file() else value
    return read_key(text, cosigner_name(origin, name), COSIGNATURE)


def _show(checked: list[str], refusal: str | None) -> None:
    for sentence in checked:
        print_plain(_printable(f"holds: {sentence}"))
    if refusal is None:
        print_plain("PROVEN")
        return
    error_console.print(_printable(f"NOT PROVEN: {refusal}"), markup=False, style="bold red")


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
