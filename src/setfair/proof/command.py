"""`setfair verify` without the command line's libraries: it starts in a fraction of their time.

Exit codes: 0 proven, 1 not proven, 2 no proof at all (a file that is none, a key that cannot be read).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from setfair.errors import NotProvenError, SetfairError
from setfair.proof.checkpoint import Checkpoint, checkpoint_of, cosigner_name
from setfair.proof.consistency import CONSISTENCY_BYTES_MAX, from_json, verify_consistency
from setfair.proof.message import MESSAGE_BYTES_MAX, check_status, statuses_of
from setfair.proof.note import COSIGNATURE, ED25519, NOTE_BYTES_MAX, Key, read_key, read_note
from setfair.proof.quittance import QUITTANCE_BYTES_MAX, read_quittance, verify
from setfair.proof.trust import Trust

PROVEN, NOT_PROVEN, REFUSED = 0, 1, 2

ABOUT = (
    "Check a quittance, or with --consistent two checkpoints, and say in words what is proven. "
    "Needs the house's public key and nothing else: no house, no network. Exit code 1: not proven."
)
HELP = {
    "file": "A quittance, as `setfair prove` writes it, or a pacs.002 with some.",
    "key": "The house's public key: its keys/house.pub.",
    "cosigner": "Who must have cosigned, with the public key or a file of it; may be given again.",
    "known": "A checkpoint that you know: older ones are refused.",
    "consistent": "Check that the journal of the checkpoint OLD only grew; NEW is what "
    "`setfair checkpoint consistency` wrote.",
    "json": "Print JSON for machines.",
}
METAVAR = {"file": "[FILE]", "key": "FILE", "cosigner": "ID=KEY", "known": "FILE", "consistent": "OLD NEW"}

SAID_BY_HOUSE = "not proven, but said by the house: the names beside the numbers of accounts and parties"

_KEY_BYTES_MAX = 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be checked, and with what."""

    file: Path | None
    consistent: tuple[Path, Path] | None
    key: Path
    cosigners: tuple[str, ...]
    known: Path | None
    as_json: bool


def main(arguments: Sequence[str]) -> int:
    """Parse, check, print; return the exit code."""
    given = _parser().parse_args(arguments)
    consistent = (given.consistent[0], given.consistent[1]) if given.consistent else None
    return run(
        Request(given.file, consistent, given.key, tuple(given.cosigner or ()), given.known, given.as_json)
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="setfair verify", description=ABOUT)
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help=HELP["file"])
    parser.add_argument("--key", metavar="FILE", type=Path, required=True, help=HELP["key"])
    parser.add_argument("--cosigner", metavar="ID=KEY", action="append", help=HELP["cosigner"])
    parser.add_argument("--known", metavar="FILE", type=Path, help=HELP["known"])
    parser.add_argument("--consistent", metavar=("OLD", "NEW"), nargs=2, type=Path, help=HELP["consistent"])
    parser.add_argument("--json", dest="as_json", action="store_true", help=HELP["json"])
    return parser


def run(request: Request) -> int:
    """Check and print; return the exit code."""
    checked: list[str] = []
    refusal = None
    try:
        for sentence in _sentences(request):
            checked.append(sentence)
    except NotProvenError as error:
        refusal = str(error)
    except SetfairError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    if request.as_json:
        told = {"proven": refusal is None, "refusal": refusal, "checked": checked}
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    else:
        lines = [f"holds: {sentence}" for sentence in checked]
        if refusal is None:
            lines += [*([SAID_BY_HOUSE] if request.file is not None else []), "PROVEN"]
        sys.stdout.write("".join(f"{_printable(line)}\n" for line in lines))
        if refusal is not None:
            sys.stderr.write(_printable(f"NOT PROVEN: {refusal}") + "\n")
    return PROVEN if refusal is None else NOT_PROVEN


def _refuse(why: str) -> int:
    sys.stderr.write(_printable(f"error: {why}") + "\n")
    return REFUSED


def _printable(text: str) -> str:
    """Return text without what a terminal could take as a control sequence: it comes from a file."""
    return "".join(char if char.isprintable() else " " for char in text)


def _sentences(request: Request) -> Iterator[str]:
    if request.consistent is not None and request.file is None:
        newer = _bytes(request.consistent[1], CONSISTENCY_BYTES_MAX)
        trust = _trust(request, from_json(newer)[1])
        return verify_consistency(_text(request.consistent[0], NOTE_BYTES_MAX), newer, trust)
    if request.file is None or request.consistent is not None:
        raise SetfairError("name a quittance, or two checkpoints with --consistent")
    raw = _bytes(request.file, MESSAGE_BYTES_MAX)
    if raw.lstrip()[:1] == b"<":
        return _sentences_of_message(request, raw)
    if len(raw) > QUITTANCE_BYTES_MAX:
        raise SetfairError(
            f"{request.file}: larger than {QUITTANCE_BYTES_MAX} bytes, the most that a quittance has"
        )
    quittance, words = read_quittance(raw)
    return verify(quittance, words, _trust(request, quittance.checkpoint))


def _sentences_of_message(request: Request, raw: bytes) -> Iterator[str]:
    """Check every quittance that a pacs.002 has, and that the message says what they prove."""
    for status in statuses_of(raw):
        quittance, words = read_quittance(status.quittance.encode())
        yield from verify(quittance, words, _trust(request, quittance.checkpoint))
        yield check_status(status, quittance)


def _trust(request: Request, note: str) -> Trust:
    """Return what the verifier brings along; its keys stand under the names that follow from the origin."""
    origin = checkpoint_of(read_note(note)).origin
    house = read_key(_text(request.key, _KEY_BYTES_MAX), origin, ED25519)
    cosigners = tuple(_cosigner(one, origin) for one in request.cosigners)
    return Trust(house, cosigners, _known(request.known))


def _known(path: Path | None) -> Checkpoint | None:
    return checkpoint_of(read_note(_text(path, NOTE_BYTES_MAX))) if path is not None else None


def _cosigner(given: str, origin: str) -> Key:
    """Return the key of a cosigner: ID=KEY, where KEY is the key or a file of it."""
    name, separator, value = given.partition("=")
    if not separator or not name or not value:
        raise SetfairError(f"{given!r}: write a cosigner as ID=KEY, for example KE01=ke01.pub")
    path = Path(value)
    text = _text(path, _KEY_BYTES_MAX) if path.is_file() else value
    return read_key(text, cosigner_name(origin, name), COSIGNATURE)


def _bytes(path: Path, bytes_max: int) -> bytes:
    with path.open("rb") as file:
        raw = file.read(bytes_max + 1)
    if len(raw) > bytes_max:
        raise SetfairError(f"{path}: larger than {bytes_max} bytes, which is the most that is read here")
    return raw


def _text(path: Path, bytes_max: int) -> str:
    try:
        return _bytes(path, bytes_max).decode()
    except UnicodeDecodeError:
        raise SetfairError(f"{path}: is not UTF-8 text") from None
