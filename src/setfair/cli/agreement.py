"""`setfair agreement`: check, sign and see the state of an agreement; make a signing key.

The signatures of FILE lie beside it in ``FILE.signatures.json``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Table

from setfair.cli.common import console, operational_errors, print_json, print_plain, read_bounded
from setfair.domain.agreement import AGREEMENT_BYTES_MAX, Agreement, agreement_hash, load_agreement
from setfair.domain.signing import (
    KEY_FILE_BYTES_MAX,
    SIGNATURES_BYTES_MAX,
    AgreementSignature,
    SignatureState,
    add_signature,
    format_signatures,
    is_in_force,
    new_private_key,
    parse_signatures,
    private_key_pem,
    public_key_text,
    read_private_key,
    sign_agreement,
    signature_states,
)
from setfair.errors import AgreementError

agreement_app = typer.Typer(help="Check, sign and show the agreement of a house.", no_args_is_help=True)

AgreementFile = Annotated[Path, typer.Argument(metavar="FILE", help="The agreement, a TOML file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

STATE_STYLES = {
    SignatureState.VALID: "green",
    SignatureState.INVALID: "bold red",
    SignatureState.OTHER_TEXT: "yellow",
    SignatureState.MISSING: "yellow",
}


@agreement_app.command()
@operational_errors()
def check(file: AgreementFile, as_json: AsJson = False) -> None:
    """Check an agreement; every problem is named by the path to its field."""
    agreement = read_agreement(file)
    summary = summarize_agreement(agreement)
    if as_json:
        print_json(summary)
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column()
    table.add_column(overflow="fold")
    for name, value in summary.items():
        table.add_row(name.replace("_", " "), escape(_in_words(value)))
    console.print(table)
    console.print("valid", style="bold green")


@agreement_app.command("hash")
@operational_errors()
def show_hash(file: AgreementFile) -> None:
    """Print the SHA-256 of the canonical document: what signatories sign."""
    print_plain(agreement_hash(read_agreement(file)))


@agreement_app.command()
@operational_errors()
def keygen(
    keyfile: Annotated[Path, typer.Argument(metavar="KEYFILE", help="Where to write the key.")],
) -> None:
    """Make a signing key and print its public key as a line for the agreement."""
    key = new_private_key()
    write_private_key(keyfile, private_key_pem(key))
    print_plain(f'public_key = "{public_key_text(key)}"')


@agreement_app.command()
@operational_errors()
def sign(
    file: AgreementFile,
    signatory: Annotated[str, typer.Option("--as", metavar="ID", help="Signatory: its id in the agreement.")],
    keyfile: Annotated[Path, typer.Option("--key", metavar="KEYFILE", help="Its private key.")],
    before: Annotated[
        Path | None,
        typer.Option("--before", metavar="FILE", help="Version before, of who leaves or gets another key."),
    ] = None,
) -> None:
    """Sign an agreement as one of its signatories, or as one of the version before."""
    agreement = read_agreement(file)
    key = read_private_key(read_bounded(keyfile, KEY_FILE_BYTES_MAX))
    signature = sign_agreement(agreement, signatory, key, read_agreement(before) if before else None)
    write_signatures(file, add_signature(read_signatures(file), signature))
    print_plain(f"{signatory} signed {signature.agreement_hash}")
    print_plain(is_in_force(agreement, read_signatures(file), _today(agreement))[1])


@agreement_app.command()
@operational_errors()
def status(
    file: AgreementFile,
    today: Annotated[
        datetime | None,
        typer.Option(
            "--today", formats=["%Y-%m-%d"], help="Day to judge by; default: today in the house's zone."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show who has signed, and whether the agreement is in force."""
    agreement = read_agreement(file)
    signatures = read_signatures(file)
    day = today.date() if today else _today(agreement)
    states = signature_states(agreement, signatures)
    in_force, reason = is_in_force(agreement, signatures, day)
    if as_json:
        head = agreement.agreement
        print_json(
            {
                "id": head.id,
                "version": head.version,
                "agreement_hash": agreement_hash(agreement),
                "effective_date": head.effective_date.isoformat(),
                "today": day.isoformat(),
                "in_force": in_force,
                "reason": reason,
                "signatories": [{"id": signatory, "state": state.value} for signatory, state in states],
            }
        )
        return
    _print_states(agreement, states)
    console.print(reason, style="green" if in_force else "yellow", markup=False, soft_wrap=True)


def read_agreement(file: Path) -> Agreement:
    """Read and check the agreement of a file; an error names the file."""
    raw = read_bounded(file, AGREEMENT_BYTES_MAX)
    try:
        return load_agreement(raw)
    except AgreementError as error:
        head, _, _ = str(error).partition("\n")
        raise AgreementError(f"{file}: {head}", error.problems) from None


def signatures_path(file: Path) -> Path:
    """Return where the signatures of an agreement file lie."""
    return file.with_name(file.name + ".signatures.json")


def read_signatures(file: Path) -> tuple[AgreementSignature, ...]:
    """Read the signatures that lie beside an agreement file; none if there is no such file."""
    path = signatures_path(file)
    try:
        return parse_signatures(read_bounded(path, SIGNATURES_BYTES_MAX))
    except FileNotFoundError:
        return ()
    except AgreementError as error:
        raise AgreementError(f"{path}: {error}") from None


def write_signatures(file: Path, signatures: Sequence[AgreementSignature]) -> None:
    """Write the signatures beside an agreement file, whole or not at all."""
    path = signatures_path(file)
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as out:
        out.write(format_signatures(signatures))
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def write_private_key(path: Path, pem: bytes) -> None:
    """Write a private key to a new file that only its owner can read; never over another file."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise AgreementError(
            f"{path}: exists already; a key is never overwritten: choose another name"
        ) from None
    with os.fdopen(handle, "wb") as out:
        os.fchmod(out.fileno(), 0o600)
        out.write(pem)
        out.flush()
        os.fsync(out.fileno())


def summarize_agreement(agreement: Agreement) -> dict[str, object]:
    """Return what an agreement says in a few lines."""
    head = agreement.agreement
    roles = [participant.role for participant in agreement.participants]
    return {
        "id": head.id,
        "name": head.name,
        "version": head.version,
        "effective_date": head.effective_date.isoformat(),
        "agreement_hash": agreement_hash(agreement),
        "currencies": [currency.code for currency in agreement.currencies],
        "participants": len(roles),
        "settlement_agents": roles.count("settlement_agent"),
        "overseers": roles.count("overseer"),
        "indirect": sum(participant.kind == "indirect" for participant in agreement.participants),
        "settlement_accounts": len(agreement.settlement_accounts()),
        "bilateral_limits": len(agreement.limits),
        "cycles": [cycle.name for cycle in agreement.clearing.cycles],
        "netting": _netting(agreement),
        "screening_lists": [entry.id for entry in agreement.screening.lists],
        "signatories": [signatory.id for signatory in agreement.signatories],
    }


def _netting(agreement: Agreement) -> str:
    """Return whether a cycle nets, and what it does about who cannot pay."""
    clearing = agreement.clearing
    return "none" if clearing.netting == "none" else f"net, {clearing.unable_to_pay}"


def _in_words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "none"
    return str(value)


def _today(agreement: Agreement) -> date:
    return datetime.now(ZoneInfo(agreement.agreement.time_zone)).date()


def _print_states(agreement: Agreement, states: Sequence[tuple[str, SignatureState]]) -> None:
    head = agreement.agreement
    print_plain(f"{head.name} ({head.id}), version {head.version}, {agreement_hash(agreement)}")
    table = Table("signatory", "name", "signature")
    for signatory, state in states:
        participant = agreement.find_participant(signatory)
        name = participant.name if participant else head.name
        table.add_row(signatory, escape(name), f"[{STATE_STYLES[state]}]{state.value}[/]")
    console.print(table)
