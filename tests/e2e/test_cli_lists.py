"""`setfair lists`: lists from files and servers, shown and compared; lists that grow old."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from setfair.domain.agreement import load_agreement
from setfair.domain.codes import Status
from setfair.errors import AgreementError
from setfair.house import open_house
from setfair.submission import submit_files
from tests.e2e.test_cli_house import NOW, ask, refused, run
from tests.houses import csv_payment, make_house, ticking_clock, usual_agreement, write_csv
from tests.screening.more_samples import write_eu_csv
from tests.screening.samples import write_un_xml

EU = """
[[screening.lists]]
id = "EU"
format = "eu_csv"
file = "lists/eu.csv"
max_age_days = 60
entries_min = 2
entries_max = 20
mandatory = false
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house whose agreement has the UN list and one of the EU that is not there yet; only copied."""
    text = usual_agreement().replace(
        "max_age_days = 7\n", "max_age_days = 7\nwarn_age_days = 2\nhold_age_days = 4\n"
    )
    return make_house(
        tmp_path_factory.mktemp("made"), text.replace("\n[[signatories]]", f"{EU}\n[[signatories]]", 1)
    )


@pytest.fixture
def house(made: Path, tmp_path: Path) -> Path:
    """A copy of that house, its day open."""
    copy = Path(shutil.copytree(made, tmp_path / "house"))
    assert run("day", "open", copy, "--now", NOW).exit_code == 0
    return copy


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, dict[str, tuple[bytes, int]]]]:
    """A server on this machine, and what it serves: bytes and the length that it announces."""
    served: dict[str, tuple[bytes, int]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, length = served.get(self.path, (b"", -1))
            self.send_response(200 if length >= 0 else 404)
            self.send_header("Content-Length", str(max(length, 0)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}", served
    running.shutdown()
    thread.join()
    running.server_close()


def test_a_list_from_a_file(house: Path, tmp_path: Path) -> None:
    """It takes its place with its note, its source is kept, and update brings it in again."""
    source = write_eu_csv(tmp_path)
    (added,) = ask("lists", "add", house, "EU", source, "--now", "2026-03-04T09:00:00+03:00")
    assert (added["published"], added["entries"], len(added["delta"]["added"])) == ("2026-03-02", 6, 6)
    text = source.read_text(encoding="utf-8").replace("Invented Holding Alda", "Invented Holding Elda")
    source.write_text(text, encoding="utf-8")
    (updated,) = ask("lists", "update", house, "--now", "2026-03-04T09:00:00+03:00")
    assert (updated["delta"]["changed"], updated["delta"]["added"]) == (["3"], [])
    shown = {
        row["list"]: row for row in ask("lists", "show", house, "--now", "2026-03-04T09:00:00+03:00")["lists"]
    }
    assert (shown["EU"]["state"], shown["EU"]["source"]) == ("in force", str(source))
    assert shown["UN"]["state"].startswith("not in force: published on 2026-01-04, 59 days before")


def test_what_is_not_whole_changes_nothing(house: Path, tmp_path: Path) -> None:
    """A file that is cut, another list, one out of bounds, one that is older: the present list stays."""
    place = house / "lists" / "un.xml"
    before = place.read_bytes()
    whole = write_un_xml(tmp_path / "whole.xml", published=date(2026, 1, 5))
    cut = tmp_path / "cut.xml"
    cut.write_bytes(whole.read_bytes()[:-300])
    few = write_un_xml(tmp_path / "few.xml", entries=499, published=date(2026, 1, 5))
    older = write_un_xml(tmp_path / "older.xml", published=date(2026, 1, 3))
    for source, why in (
        (cut, "truncated"),
        (write_eu_csv(tmp_path), "not whole or not this list"),
        (few, "499 entries, at least 500"),
        (older, "an older list is taken only with --older"),
        (tmp_path / "none.xml", "there is no such file"),
    ):
        said = refused("lists", "add", house, "UN", source, "--now", NOW)
        assert why in said.replace("\n", " ")
        assert place.read_bytes() == before
        assert not list(place.parent.glob(".incoming*"))
    assert run("lists", "add", house, "UN", older, "--older", "--now", NOW).exit_code == 0
    assert run("lists", "add", house, "UN", whole, "--now", NOW).exit_code == 0
    assert place.read_bytes() == whole.read_bytes()


def test_a_list_from_a_server(
    house: Path, tmp_path: Path, server: tuple[str, dict[str, tuple[bytes, int]]]
) -> None:
    """It is fetched when asked for; one that broke off, or is not there, changes nothing."""
    url, served = server
    body = write_un_xml(tmp_path / "new.xml", published=date(2026, 1, 5)).read_bytes()
    place = house / "lists" / "un.xml"
    before = place.read_bytes()
    served["/un.xml"] = (body[: len(body) // 2], len(body))
    said = refused("lists", "add", house, "UN", f"{url}/un.xml", "--now", NOW)
    assert "the present list stays" in said
    assert "the server says 404" in refused("lists", "add", house, "UN", f"{url}/other.xml", "--now", NOW)
    assert "https only" in refused("lists", "add", house, "UN", "http://192.0.2.1/un.xml", "--now", NOW)
    assert place.read_bytes() == before
    served["/un.xml"] = (body, len(body))
    (added,) = ask("lists", "add", house, "UN", f"{url}/un.xml", "--now", NOW)
    assert (added["published"], place.read_bytes()) == ("2026-01-05", body)
    served.clear()
    assert "the server says 404" in refused("lists", "update", house, "UN", "--now", NOW)


def test_lists_are_those_of_the_agreement(house: Path, tmp_path: Path) -> None:
    """No other list comes in, none without a source is updated, and nothing takes the UN list away."""
    assert "not in the agreement" in refused("lists", "add", house, "XX", tmp_path / "x", "--now", NOW)
    assert "no list has a source yet" in refused("lists", "update", house, "--now", NOW)
    assert "list EU has no source yet" in refused("lists", "update", house, "EU", "--now", NOW)
    assert set(json.loads(run("lists", "show", house, "--json", "--now", NOW).stdout)["lists"][0]) >= {
        "sha256",
        "state",
    }
    assert run("lists", "remove", house, "UN").exit_code != 0
    with pytest.raises(AgreementError, match="UN"):
        load_agreement(usual_agreement().replace('id = "UN"', 'id = "OTHER"'))


def test_what_changed_between_two_files(tmp_path: Path) -> None:
    """Entries that are new, changed and gone are named."""
    old = write_un_xml(tmp_path / "old.xml", entries=20, published=date(2026, 1, 1))
    new = write_un_xml(tmp_path / "new.xml", entries=21, published=date(2026, 1, 5))
    text = new.read_text(encoding="utf-8").replace(
        "<NATIONALITY><VALUE>Freedonia", "<NATIONALITY><VALUE>Sylvania"
    )
    new.write_text(text.replace("<DATAID>3</DATAID>", "<DATAID>99</DATAID>"), encoding="utf-8")
    found = ask("lists", "diff", old, new)
    assert (found["added"], found["changed"], found["removed"]) == (2, 1, 1)
    assert {(each["change"], each["entry"]) for each in found["changes"]} == {
        ("added", "18"),
        ("added", "99"),
        ("changed", "900001"),
        ("removed", "3"),
    }
    assert "2 added, 1 changed, 1 removed, 21 entries" in run("lists", "diff", old, new).stdout


def test_a_list_grows_old_in_steps(house: Path, tmp_path: Path) -> None:
    """It warns, then what is new is held and no cycle runs, then nothing settles."""
    place = house / "lists" / "un.xml"

    def submit(number: int, published: date) -> Status:
        write_un_xml(place, published=published)
        file = write_csv(tmp_path / f"{number}.csv", csv_payment(number, "KE01", "UG01", "1.00"))
        with open_house(house, ticking_clock()) as opened:
            (result,) = submit_files(opened, [file])
            (status,) = result.statuses
            return status

    assert submit(1, date(2026, 1, 3)) is Status.ACSC
    assert submit(2, date(2026, 1, 2)) is Status.ACSC
    shown = ask("lists", "show", house, "--now", NOW)["settling"]
    assert "3 days ago; nothing settles when it is older than 7" in shown
    file = write_csv(tmp_path / "again.csv", csv_payment(2, "KE01", "UG01", "1.00"))
    told = " ".join(run("submit", house, file, "--now", NOW).output.split())
    assert "grows old list UN: published on 2026-01-02, 3 days ago" in told
    assert "grows old: list UN: published on 2026-01-02" in run("monitor", house).output
    assert submit(3, date(2025, 12, 31)) is Status.PDNG
    assert "what is new is held for two people" in ask("lists", "show", house, "--now", NOW)["settling"]
    assert "what is new is held" in refused("cycle", house, "--now", NOW)
    (alert,) = ask("alert", "list", house)
    assert "published on 2025-12-31, 5 days ago" in alert["explanation"]
    write_un_xml(place, published=date(2025, 12, 20))
    assert "at most 7 days are allowed" in refused("cycle", house, "--now", NOW)


def test_steps_in_the_wrong_order_are_refused() -> None:
    """An agreement that would hold before it warns, or after everything has stopped, is refused."""
    text = usual_agreement()
    for steps in ("warn_age_days = 5\nhold_age_days = 3\n", "hold_age_days = 9\n"):
        with pytest.raises(AgreementError, match="warn_age_days <= hold_age_days <= max_age_days"):
            load_agreement(text.replace("max_age_days = 7\n", f"max_age_days = 7\n{steps}"))
