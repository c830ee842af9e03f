"""`setfair prove`, `verify` and `checkpoint`, as a participant and an overseer use them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from lxml import etree
from typer.testing import Result

from setfair.cli.main import make_app
from setfair.domain.signing import private_key_pem, public_key_text
from setfair.errors import HouseError
from setfair.house import open_house
from setfair.proof.command import main as verify_main
from setfair.proof.note import read_note
from tests.agreements import key_of
from tests.cli import invoke
from tests.formats.iso20022.write_cases import schema_path
from tests.houses import DAY, REMEMBER_FROM, funding, make_house, payment, payments, ticking_clock
from tests.processes import plain_sql, run_python
from tests.proofs import SETTLED, proof_house
from tests.shared import needs_shared

TIME = "2026-01-05T12:00:00+03:00"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house after a morning; only copied."""
    return proof_house(tmp_path_factory.mktemp("made"))


@pytest.fixture
def house(made: Path, tmp_path: Path) -> Path:
    """A copy of that house, beside keys of those who cosign."""
    for name in ("KE01", "UG01", "WATCH", "TN01"):
        (tmp_path / f"{name}.key").write_bytes(private_key_pem(key_of(name)))
        (tmp_path / f"{name}.pub").write_text(public_key_text(key_of(name)))
    return Path(shutil.copytree(made, tmp_path / "house"))


def run(*words: object) -> Result:
    """Run `setfair` with these words."""
    result = invoke(*words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def done(*words: object) -> str:
    """Run `setfair`; it must succeed."""
    result = run(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


def cosign(house: Path, name: str) -> str:
    """Cosign the newest checkpoint; the last one is kept in NAME.last."""
    keys = ("--key", house.parent / f"{name}.key", "--last", house.parent / f"{name}.last")
    return done("checkpoint", "cosign", house, "--as", name, *keys, "--now", TIME)


def grow(house: Path, number: int) -> None:
    """Submit some more payments."""
    with open_house(house, ticking_clock()) as opened:
        opened.clearing_house.submit(
            payments(funding(number, "KE01", 10), payment(number + 1, "KE01", "UG01", 1))
        )


def verify(*words: object) -> int:
    """Run `setfair verify` the way that `setfair` starts it."""
    return verify_main([str(word) for word in words])


def test_a_receipt_from_prove_to_verify(
    house: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Proven by a cosigner's key as well; the same as JSON; refused with exit code 1 and the reason."""
    cosign(house, "KE01")
    done("prove", house, SETTLED, "--out", tmp_path / "receipt.json")
    keys = ("--key", house / "keys" / "house.pub")
    cosigner = ("--cosigner", f"KE01={tmp_path / 'KE01.pub'}")
    assert verify(tmp_path / "receipt.json", *keys, *cosigner) == 0
    out = capsys.readouterr().out
    assert "cosigned the same journal at 2026-01-05T09:00:00.000000Z" in out
    assert out.endswith(
        "not proven, but said by the house: the names beside the numbers of accounts and parties\nPROVEN\n"
    )
    assert verify(tmp_path / "receipt.json", *keys, "--cosigner", f"UG01={tmp_path / 'UG01.pub'}") == 1
    assert "NOT PROVEN: setfair/HOUSE/UG01 did not cosign" in capsys.readouterr().err
    assert verify(tmp_path / "receipt.json", *keys, "--json") == 0
    assert json.loads(capsys.readouterr().out)["proven"] is True
    result = run("verify", tmp_path / "receipt.json", "--key", tmp_path / "UG01.pub", "--json")
    assert (result.exit_code, json.loads(result.stdout)["proven"]) == (1, False)


def test_prove_prints_without_out(house: Path) -> None:
    """Standard output gets the file itself."""
    assert json.loads(done("prove", house, SETTLED))["format"] == "setfair quittance v1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.json", "--key", "KE01.pub"), "nowhere.json: No such file"),
        (("KE01.pub", "--key", "KE01.pub"), "no quittance: it is not JSON"),
        (("--key", "KE01.pub"), "name a quittance, or two checkpoints"),
        (("receipt.json", "--key", "receipt.json"), "larger than 1024 bytes"),
        (("receipt.json", "--key", "KE01.key"), "no public key"),
        (("receipt.json", "--key", "KE01.pub", "--cosigner", "KE01"), "write a cosigner as ID=KEY"),
        (("receipt.json", "--key", "noise"), "not UTF-8"),
        (("--consistent", "KE01.pub", "KE01.pub", "--key", "KE01.pub"), "no checkpoint with its proof"),
    ],
)
def test_what_verify_cannot_read(
    house: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    said: str,
) -> None:
    """Exit code 2 and what is wrong with which file."""
    done("prove", house, SETTLED, "--out", tmp_path / "receipt.json")
    (tmp_path / "noise").write_bytes(b"\xff\xfe")
    monkeypatch.chdir(tmp_path)
    assert verify(*words) == 2
    assert said in capsys.readouterr().err


def test_both_parsers_take_the_same() -> None:
    """The command that is documented and the one that starts quickly have the same arguments and options."""
    import typer.main

    from setfair.proof.command import HELP, _parser

    command = typer.main.get_command(make_app(["verify", "prove"])).commands["verify"]  # type: ignore[attr-defined]
    documented = {each.opts[0]: (each.help, each.required) for each in command.params if each.name != "help"}
    quick = {
        (each.option_strings or [each.dest])[0]: (each.help, each.required and bool(each.option_strings))
        for each in _parser()._actions
        if each.dest != "help"
    }
    assert documented == quick
    assert {text for text, _ in quick.values()} == set(HELP.values())


STARTED = """
import json, sys, time
before = time.process_time()
sys.argv = ["setfair", *sys.argv[1:]]
from setfair.cli.start import run
try:
    run()
except SystemExit as ended:
    code = ended.code
print(json.dumps([code, sorted({name.split(".")[0] for name in sys.modules}), sorted(sys.modules)]))
"""


def modules_of(*words: object) -> tuple[int, set[str], set[str]]:
    """Run `setfair` in a process of its own; return its exit code and what it loaded."""
    code, packages, modules = json.loads(run_python(STARTED, *words).splitlines()[-1])
    return int(code or 0), set(packages), set(modules)


def test_verify_starts_with_next_to_nothing(house: Path, tmp_path: Path) -> None:
    """No engine, no arrays, no compiler, no store, not even the command line's libraries."""
    done("prove", house, SETTLED, "--out", tmp_path / "receipt.json")
    code, packages, modules = modules_of(
        "verify", tmp_path / "receipt.json", "--key", house / "keys" / "house.pub"
    )
    assert code == 0
    heavy = {"numba", "numpy", "pyarrow", "pydantic", "typer", "rich", "lxml", "adbc_driver_manager"}
    assert packages & heavy == set()
    rooms = {name.split(".")[1] for name in modules if name.startswith("setfair.")}
    assert rooms == {"cli", "domain", "errors", "proof"}


def test_prove_starts_without_the_engine(house: Path) -> None:
    """Whoever reads needs no compiled kernel."""
    code, packages, _ = modules_of("prove", house, SETTLED, "--out", house.parent / "receipt.json")
    assert (code, "numba" in packages) == (0, False)
    code, packages, _ = modules_of("checkpoint", "show", house)
    assert (code, "numba" in packages) == (0, False)


def test_cosigning_keeps_what_was_cosigned(house: Path, tmp_path: Path) -> None:
    """Participants and witnesses cosign; each keeps its last checkpoint, and the house shows all names."""
    assert "KE01 cosigned" in cosign(house, "KE01")
    cosign(house, "WATCH")
    shown = json.loads(done("checkpoint", "show", house, "--json"))
    names = ["setfair/HOUSE", "setfair/HOUSE/KE01", "setfair/HOUSE/WATCH"]
    assert shown["signed_by"] == names
    assert [line.name for line in read_note(done("checkpoint", "show", house)).lines] == names
    grow(house, 40)
    cosign(house, "KE01")
    assert json.loads(done("checkpoint", "show", house, "--json"))["records"] == shown["records"] + 2


def test_who_may_not_cosign(house: Path, tmp_path: Path) -> None:
    """A participant that the agreement gives no key, and a key that is another's."""
    for name, key in (("TN01", "TN01"), ("KE01", "UG01")):
        keys = ("--key", tmp_path / f"{key}.key", "--last", tmp_path / "last")
        result = run("checkpoint", "cosign", house, "--as", name, *keys)
        assert result.exit_code == 2
        assert f"{name} may not cosign with this key" in result.stderr
        assert not (tmp_path / "last").exists()


def test_a_cosigner_refuses_another_journal(house: Path, made: Path, tmp_path: Path) -> None:
    """After a fork of the journal the cosigner, who remembers the other branch, signs nothing."""
    fork = Path(shutil.copytree(made, tmp_path / "fork"))
    grow(house, 40)
    cosign(house, "KE01")
    grow(fork, 60)
    grow(fork, 80)
    keys = ("--key", tmp_path / "KE01.key", "--last", tmp_path / "KE01.last")
    result = run("checkpoint", "cosign", fork, "--as", "KE01", *keys)
    assert result.exit_code == 2
    assert "does not begin with that of" in result.stderr
    result = run("checkpoint", "compare", fork, tmp_path / "KE01.last")
    assert result.exit_code == 1
    assert "the house signed another journal" in result.stderr
    result = run("checkpoint", "consistency", fork, tmp_path / "KE01.last")
    assert result.exit_code == 2
    result = run("checkpoint", "take", fork, tmp_path / "KE01.last")
    assert result.exit_code == 2
    assert "signed no such checkpoint" in result.stderr


def test_a_journal_that_shrank(house: Path, made: Path, tmp_path: Path) -> None:
    """An old copy of a house is behind the checkpoint that somebody keeps."""
    grow(house, 40)
    cosign(house, "KE01")
    assert "the house signed more than is here" in _flat(
        run("checkpoint", "compare", made, tmp_path / "KE01.last")
    )
    old = Path(shutil.copytree(made, tmp_path / "old"))
    keys = ("--key", tmp_path / "KE01.key", "--last", tmp_path / "KE01.last")
    assert "is an old one" in _flat(run("checkpoint", "cosign", old, "--as", "KE01", *keys))


def _flat(result: Result) -> str:
    assert result.exit_code in (1, 2)
    return " ".join(result.stderr.split())


def test_records_that_were_changed_are_not_cosigned(house: Path, tmp_path: Path) -> None:
    """Nodes that do not fit the signed root: the cosigner says so and signs nothing."""
    plain_sql(house / "setfair.db", "UPDATE tree_node SET hashes = zeroblob(length(hashes))", write=True)
    keys = ("--key", tmp_path / "KE01.key", "--last", tmp_path / "KE01.last")
    result = run("checkpoint", "cosign", house, "--as", "KE01", *keys)
    assert result.exit_code == 2
    assert "do not give the root of its checkpoint" in _flat(result)


def test_a_copy_can_be_cosigned_and_the_house_takes_it(house: Path, tmp_path: Path) -> None:
    """A participant cosigns its own copy; the house takes the cosignature once, and nobody else's."""
    copy = Path(shutil.copytree(house, tmp_path / "copy"))
    cosign(copy, "UG01")
    assert "taken: setfair/HOUSE/UG01" in done("checkpoint", "take", house, tmp_path / "UG01.last")
    assert json.loads(done("checkpoint", "show", house, "--json"))["signed_by"][1:] == ["setfair/HOUSE/UG01"]
    done("checkpoint", "show", house, "--out", tmp_path / "shown.txt")
    assert (tmp_path / "shown.txt").read_text() == (tmp_path / "UG01.last").read_text()
    bare = "".join((tmp_path / "UG01.last").read_text().splitlines(keepends=True)[:5])
    (tmp_path / "bare.txt").write_text(bare)
    assert "nobody whom the agreement names" in _flat(run("checkpoint", "take", house, tmp_path / "bare.txt"))


def test_consistency(house: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An older checkpoint and the newest with its proof: proven; swapped, or another's: not."""
    done("checkpoint", "show", house, "--out", tmp_path / "old.txt")
    grow(house, 40)
    done("checkpoint", "show", house, "--out", tmp_path / "between.txt")
    grow(house, 60)
    done("checkpoint", "consistency", house, tmp_path / "old.txt", "--out", tmp_path / "new.json")
    key = ("--key", house / "keys" / "house.pub")
    assert verify("--consistent", tmp_path / "old.txt", tmp_path / "new.json", *key) == 0
    assert "nothing of them was changed, taken out or put in between" in capsys.readouterr().out
    assert verify("--consistent", tmp_path / "between.txt", tmp_path / "new.json", *key) == 1
    assert "ask for its own" in capsys.readouterr().err
    document = json.loads((tmp_path / "new.json").read_text())
    lies: list[tuple[dict[str, Any], str]] = [
        ({"path": document["path"][:-1]}, "not shown to be consistent"),
        ({"path": [*document["path"], "00" * 32]}, "not shown to be consistent"),
        ({"path": ["00" * 32, *document["path"][1:]]}, "does not begin with that of"),
        ({"checkpoint": (tmp_path / "between.txt").read_text()}, "not shown|does not begin"),
    ]
    for lie, said in lies:
        (tmp_path / "lie.json").write_text(json.dumps(document | lie))
        assert verify("--consistent", tmp_path / "old.txt", tmp_path / "lie.json", *key) == 1
        assert re.search(said, capsys.readouterr().err)
    done("checkpoint", "compare", house, tmp_path / "old.txt")


def test_tiles(house: Path, tmp_path: Path) -> None:
    """Files of 256 hashes and what is left; a second time only what is new; they give the signed root."""
    out = tmp_path / "tiles"
    done("checkpoint", "tiles", house, "--out", out)
    size = json.loads(done("checkpoint", "show", house, "--json"))["records"]
    names = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert size == 620
    assert names == ["checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/108", "tile/1/000.p/2"]
    assert (out / "checkpoint").read_text() == done("checkpoint", "show", house)
    assert (out / "tile/0/000").stat().st_size == 256 * 32
    whole = (out / "tile/0/000").stat().st_mtime_ns
    grow(house, 40)
    done("checkpoint", "tiles", house, "--out", out)
    assert (out / "tile/0/002.p/110").stat().st_size == 110 * 32
    assert (out / "tile/0/000").stat().st_mtime_ns == whole


def test_a_house_without_its_key(house: Path) -> None:
    """A copy without the key is read and verified; it takes nothing in."""
    (house / "keys" / "house.key").unlink()
    done("prove", house, SETTLED)
    with pytest.raises(HouseError, match="without the house's key nothing can be signed"), open_house(house):
        pass


def test_an_audit(tmp_path: Path) -> None:
    """Good: what was checked, in words and as JSON; changed: exit code 1 and the first page and record."""
    house = make_house(tmp_path)
    with open_house(house, ticking_clock()) as opened:
        opened.clearing_house.open_day("KES", DAY, REMEMBER_FROM)
        opened.clearing_house.submit(payments(funding(1, "KE01", 10)))
    said = done("audit", house, "--keep", tmp_path / "kept")
    assert "decided and hashed again: all as on record" in said
    assert "sums of all balances: KES 0, UGX 0" in said
    assert "the tables have the rows that the pages give; the database file is sound" in said
    told = json.loads(done("audit", house, "--from", tmp_path / "kept", "--json"))
    assert (told["good"], told["pages"], told["finding"]) == (True, 0, None)
    plain_sql(house / "setfair.db", "UPDATE page SET root = zeroblob(32) WHERE page_number = 2", write=True)
    result = run("audit", house)
    assert result.exit_code == 1
    assert "DIFFERENT: page 2: root of the tree: expected" in _flat(result)
    assert "journal: different, tables: not checked, file: sound" in result.stdout
    told = json.loads(run("audit", house, "--json").stdout)
    assert (told["good"], told["finding"]["page"], told["finding"]["found"]) == (False, 2, "00" * 32)
    assert run("audit", tmp_path).exit_code == 2
    assert run("audit", house, "--from", house / "keys" / "house.pub").exit_code == 2


PAID, ALSO_PAID = (str(UUID(int=number, version=4)) for number in (2001, 2002))
"""UETRs as ISO 20022 has them: only those stand in a message."""


@pytest.fixture(scope="module")
def given_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house that gave KE01 a pacs.002 with quittances; only copied."""
    house = make_house(tmp_path_factory.mktemp("given"))
    with open_house(house, ticking_clock()) as opened:
        opened.clearing_house.open_day("KES", DAY, REMEMBER_FROM)
        opened.clearing_house.submit(payments(funding(1, "KE01", 90_000)))
        sent = [payment(2, "KE01", "UG01", 2, uetr=UUID(uetr).bytes) for uetr in (PAID, ALSO_PAID)]
        opened.clearing_house.submit(payments(*sent))
    done("statements", house, "--date", DAY, "--quittances-for", "KE01")
    return house


@pytest.fixture
def message(given_out: Path, tmp_path: Path) -> Path:
    """That message; the house's public key lies beside it."""
    shutil.copy(given_out / "keys" / "house.pub", tmp_path)
    return Path(shutil.copy(given_out / "out" / DAY.isoformat() / "KE01" / "pacs.002.xml", tmp_path))


def test_quittances_in_a_message(given_out: Path, message: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever asks has them in its pacs.002, each proven from the file; nobody else has."""
    keys = ("--key", message.with_name("house.pub"))
    text = message.read_text()
    assert text.count("<Quittance ") == text.count("<TxInfAndSts>") == 2
    assert verify(message, *keys) == 0
    told = capsys.readouterr().out
    assert told.count("the message says the same of it") == 2
    other = given_out / "out" / DAY.isoformat() / "AGENT" / "pacs.002.xml"
    assert "<Quittance " not in other.read_text()
    assert verify(other, *keys) == 2
    assert "has no quittance" in capsys.readouterr().err
    result = run("statements", given_out, "--date", DAY, "--quittances-for", "NOBODY")
    assert (result.exit_code, "NOBODY" in result.output) == (2, True)


@needs_shared
def test_a_message_with_quittances_is_valid(message: Path) -> None:
    """The official schema takes them as supplementary data."""
    schema = etree.XMLSchema(file=str(schema_path("pacs.002.001.10")))
    assert schema.validate(etree.parse(message)), schema.error_log


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("<TxSts>ACSC", "<TxSts>RJCT", 1, "the message says RJCT"),
        (f"<OrgnlUETR>{PAID}", f"<OrgnlUETR>{ALSO_PAID}", 1, f"beside payment {ALSO_PAID} is about {PAID}"),
        ("<StsId>", "<StsId>9", 1, "is not in its quittance"),
        ('"open_fields": "0', '"open_fields": "1', 1, "another root"),
        ("<Document", '<!DOCTYPE a [<!ENTITY b "c">]><Document', 2, "document type declaration"),
        ("</Document>", "", 2, "not well-formed"),
    ],
)
def test_a_message_that_was_altered(
    message: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, code: int, said: str
) -> None:
    """Each is refused, with the reason."""
    text = message.read_text()
    assert old in text
    message.write_text(text.replace(old, new))
    assert verify(message, "--key", message.with_name("house.pub")) == code
    assert said in capsys.readouterr().err
