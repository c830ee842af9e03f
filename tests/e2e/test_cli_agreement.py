"""`setfair agreement`: the commands as a person types them."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from typer.testing import Result

from tests.agreements import agreement_text
from tests.cli import invoke


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an unsigned agreement of two signatories and the key files that belong to it."""
    text = agreement_text(signatories=["KE01", "UG01"])
    for signatory in ("KE01", "UG01"):
        public = run("keygen", tmp_path / f"{signatory}.key").stdout.strip()
        head, _, tail = text.partition(f'[[signatories]]\nid = "{signatory}"\n')
        text = f'{head}[[signatories]]\nid = "{signatory}"\n{public}\n{tail.partition(chr(10))[2]}'
    (tmp_path / "agreement.toml").write_text(text, encoding="utf-8")
    return tmp_path


def run(*words: object) -> Result:
    result = invoke("agreement", *words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def sign(folder: Path, signatory: str, key: str | None = None) -> Result:
    return run(
        "sign", folder / "agreement.toml", "--as", signatory, "--key", folder / f"{key or signatory}.key"
    )


def test_check_says_valid_and_what_it_is(folder: Path):
    """A valid agreement is summed up in words."""
    result = run("check", folder / "agreement.toml")
    assert result.exit_code == 0
    assert "Test house" in result.stdout
    assert result.stdout.rstrip().endswith("valid")


def test_check_json_and_hash_agree(folder: Path):
    """Machines get the summary as JSON, with the hash that `hash` prints."""
    summary = json.loads(run("check", folder / "agreement.toml", "--json").stdout)
    assert summary["participants"] == 3
    assert summary["signatories"] == ["KE01", "UG01"]
    assert run("hash", folder / "agreement.toml").stdout == summary["agreement_hash"] + "\n"


def test_check_names_every_problem_on_standard_error(folder: Path):
    """Exit code 2, nothing on standard output, a line a problem."""
    path = folder / "agreement.toml"
    path.write_text(path.read_text().replace("version = 1", "version = 0\n[x]\ny = 1"), encoding="utf-8")
    result = run("check", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "agreement.version: 0 is out of range; 1 or more" in result.stderr
    assert f"error: {path}: the agreement is not valid" in result.stderr


@pytest.mark.parametrize("command", ["check", "hash", "status"])
def test_a_file_that_is_not_there_is_an_error_without_a_traceback(tmp_path: Path, command: str):
    """The message names the file."""
    result = run(command, tmp_path / "none.toml")
    assert result.exit_code == 2
    assert result.stderr == f"error: {tmp_path / 'none.toml'}: No such file or directory\n"


def test_markup_and_control_characters_of_a_file_are_shown_as_text(tmp_path: Path):
    """Neither rich's markup nor a terminal's control sequence of a hostile file takes effect."""
    path = tmp_path / "hostile.toml"
    path.write_text('[agreement]\nid = "[bold red]x"\n"\\u001b]0;owned\\u0007" = 1\n', encoding="utf-8")
    result = run("check", path)
    assert "'[bold red]x' is not allowed" in result.stderr
    assert "\x1b" not in result.stderr


def test_names_with_brackets_are_shown_as_they_are(tmp_path: Path):
    """A house whose name looks like markup keeps its name."""
    path = tmp_path / "agreement.toml"
    path.write_text(agreement_text(name='"[b] House"'), encoding="utf-8")
    assert "[b] House" in run("check", path).stdout


def test_keygen_writes_for_the_owner_only_and_never_overwrites(tmp_path: Path):
    """Mode 0600, no private key on the screen, a second run leaves the first key alone."""
    path = tmp_path / "bank.key"
    result = run("keygen", path)
    assert result.exit_code == 0
    assert result.stdout.startswith('public_key = "')
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_bytes()
    assert b"PRIVATE KEY" in first
    again = run("keygen", path)
    assert again.exit_code == 2
    assert "never overwritten" in again.stderr
    assert path.read_bytes() == first


def test_keygen_does_not_follow_a_link(tmp_path: Path):
    """A link that somebody laid is no place for a key."""
    target = tmp_path / "elsewhere"
    (tmp_path / "link.key").symlink_to(target)
    assert run("keygen", tmp_path / "link.key").exit_code == 2
    assert not target.exists()


def test_all_sign_and_the_agreement_is_in_force(folder: Path):
    """The state goes from missing over signed by one to in force from its date."""
    file = folder / "agreement.toml"
    states = [json.loads(run("status", file, "--json").stdout)["signatories"]]
    for signatory in ("KE01", "UG01"):
        assert sign(folder, signatory).exit_code == 0
        states.append(json.loads(run("status", file, "--json").stdout)["signatories"])
    assert [[one["state"] for one in state] for state in states] == [
        ["missing", "missing"],
        ["valid", "missing"],
        ["valid", "valid"],
    ]
    before = json.loads(run("status", file, "--json", "--today", "2026-01-04").stdout)
    after = json.loads(run("status", file, "--json", "--today", "2026-01-05").stdout)
    assert (before["in_force"], after["in_force"]) == (False, True)
    assert after["reason"] == "in force since 2026-01-05: signed by all"


def test_status_is_a_table_for_people(folder: Path):
    """Signatory, name and state; why it is not in force."""
    sign(folder, "KE01")
    result = run("status", folder / "agreement.toml")
    assert result.exit_code == 0
    assert "Participant UG01" in result.stdout
    assert "not in force: not all have signed: UG01 (missing)" in result.stdout


def test_signing_twice_leaves_one_signature(folder: Path):
    """The file of signatures does not grow."""
    sign(folder, "KE01")
    once = (folder / "agreement.toml.signatures.json").read_bytes()
    sign(folder, "KE01")
    assert (folder / "agreement.toml.signatures.json").read_bytes() == once


def test_a_changed_agreement_must_be_signed_again(folder: Path):
    """A cent more, and the signature counts for another text."""
    sign(folder, "KE01")
    file = folder / "agreement.toml"
    file.write_text(
        file.read_text().replace('credit_line = "0"', 'credit_line = "0.01"', 1), encoding="utf-8"
    )
    assert json.loads(run("status", file, "--json").stdout)["signatories"][0]["state"] == "other text"


def test_the_wrong_key_is_refused_and_nothing_is_written(folder: Path):
    """UG01's key cannot sign for KE01, a stranger cannot sign at all."""
    wrong = sign(folder, "KE01", key="UG01")
    assert wrong.exit_code == 2
    assert "the key is not KE01's" in wrong.stderr
    assert sign(folder, "NO01", key="UG01").exit_code == 2
    assert not (folder / "agreement.toml.signatures.json").exists()


def test_a_file_that_is_no_key_is_not_shown(folder: Path):
    """The error of a wrong key file repeats nothing of it."""
    (folder / "KE01.key").write_text("-----BEGIN PRIVATE KEY-----\ntopsecret\n-----END PRIVATE KEY-----\n")
    result = sign(folder, "KE01")
    assert result.exit_code == 2
    assert "topsecret" not in result.output
    assert "no Ed25519 private key" in result.stderr


def test_a_spoilt_file_of_signatures_is_refused_and_kept(folder: Path):
    """Signing does not wipe a file that it cannot read."""
    path = folder / "agreement.toml.signatures.json"
    path.write_text("{}")
    result = sign(folder, "KE01")
    assert result.exit_code == 2
    assert str(path) in result.stderr
    assert path.read_text() == "{}"


def test_a_huge_key_file_is_not_read_whole(folder: Path):
    """A device or a wrong file ends in an error, not in memory."""
    (folder / "KE01.key").write_bytes(b"x" * 100_000)
    result = sign(folder, "KE01")
    assert result.exit_code == 2
    assert "larger than" in result.stderr
