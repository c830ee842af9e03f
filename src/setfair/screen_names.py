"""Screening a table of names without a house.

Rules
-----
1. The input is CSV in UTF-8 with a header: ``id`` and ``name``, and if they are there ``kind``,
   ``country`` and ``birth_date``. It is read whole before anything is screened; a row that is wrong
   refuses the file, with its line and column.
2. Lists are the files of a folder, told apart by what is in them (`lists.sniff`); an operator's own list has
   a note ``.published`` beside it. A file that cannot be read whole refuses the run; so does a folder without
   a list.
3. One row of the output for each name and entry, in the order of the input; the best first. It replaces the
   file of its name only when it is complete.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from setfair.errors import FileProblem, FileRefusedError, ScreeningUnavailableError
from setfair.formats.replace_file import replacing
from setfair.screening.derived import Derived
from setfair.screening.fuzzy import THRESHOLD_MIN, FuzzyMatcher
from setfair.screening.gate import ListSet, read_list
from setfair.screening.lists.kept import keeping_reader
from setfair.screening.lists.model import Entry, EntryKind, ListFormat, SanctionsList, hash_facts
from setfair.screening.lists.sniff import sniff_list
from setfair.screening.match import Hit
from setfair.screening.qualifiers import BIRTH_ADDED, COUNTRY_ADDED, PartyFacts, weigh

COLUMNS = ("id", "name", "kind", "country", "birth_date")
OUT_COLUMNS = ("id", "list", "entry_id", "matched_name", "score", "explanation")
NAME_LENGTH_MAX = 2_000
"""Characters of a name."""
ROWS_MAX = 10_000_000
PROBLEMS_MAX = 20
"""Rows that are wrong and are named in one refusal."""
_CHUNK = 2_048
_LIST_SUFFIXES = (".xml", ".csv", ".json", ".jsonl")
_OFAC_OTHERS = frozenset(
    f"{name}.csv" for name in ("alt", "add", "sdn_comments", "cons_alt", "cons_add", "cons_comments")
)
_KINDS = {"": EntryKind.UNKNOWN, **{kind.value: kind for kind in EntryKind}}


@dataclass(frozen=True, slots=True)
class NameRow:
    """One name to screen."""

    row_id: str
    name: str
    facts: PartyFacts


def read_lists(folder: Path, cache: Derived | None = None) -> ListSet:
    """Read every list of a folder.

    Parameters
    ----------
    folder
        Where they lie.
    cache
        Where they are kept as they were read; None: nowhere.

    Raises
    ------
    ScreeningUnavailableError
        If there is none.
    FileRefusedError
        If one cannot be read whole.
    """
    read = read_list if cache is None else keeping_reader(cache)
    lists: list[SanctionsList] = []
    for path in sorted(folder.iterdir()):
        form = _format_of(path)
        if form is not None:
            lists.append(read(form.value, _list_id(path, form), path))
    if not lists:
        raise ScreeningUnavailableError(_no_list(folder))
    return ListSet(tuple(lists), hash_facts((each.list_id, each.content_hash) for each in lists))


def _no_list(folder: Path) -> str:
    """Return what to do about a folder without a list, by what lies in it."""
    inside = sorted(folder.iterdir())
    packed = [path.name for path in inside if path.suffix in (".gz", ".zip", ".xz", ".bz2")]
    folders = [path.name for path in inside if path.is_dir()]
    if packed:
        return f"{folder}: no list is there that is unpacked; unpack {packed[-1]} first"
    if folders:
        names = ", ".join(folders)
        return f"{folder}: no list is there, only folders, which are not looked into: name one of {names}"
    return f"{folder}: no list is there; put the consolidated list of the UN (XML) or another list into it"


def _format_of(path: Path) -> ListFormat | None:
    """Return the format of a file that is a list; a CSV list of an operator's has a note beside it."""
    if path.name in _OFAC_OTHERS or not path.is_file() or path.suffix.lower() not in _LIST_SUFFIXES:
        return None
    form = sniff_list(path)
    if form is ListFormat.OPERATOR_CSV and not path.with_name(f"{path.name}.published").exists():
        return None
    if form is None and path.suffix.lower() == ".xml":
        return ListFormat.UN_XML
    return form


def _list_id(path: Path, form: ListFormat) -> str:
    return path.stem.upper() if form is not ListFormat.OFAC_CSV else f"OFAC-{path.stem.upper()}"


def read_names(path: Path) -> list[NameRow]:
    """Read the names to screen.

    Raises
    ------
    FileRefusedError
        If a row is wrong: with the line and the column of each, up to `PROBLEMS_MAX`.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _refused(path, [FileProblem(line, "", f"not UTF-8 ({error.reason})")]) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[NameRow] = []
    problems: list[FileProblem] = []
    try:
        header = _header(path, next(reader, []))
        for values in reader:
            if values:
                _take(values, header, reader.line_num, rows, problems)
            if len(problems) >= PROBLEMS_MAX or len(rows) > ROWS_MAX:
                break
    except csv.Error as error:
        raise _refused(path, [FileProblem(reader.line_num, "", f"not a CSV file: {error}")]) from error
    if len(rows) > ROWS_MAX:
        problems.append(FileProblem(reader.line_num, "", f"at most {ROWS_MAX} rows are screened at once"))
    if problems:
        raise _refused(path, problems)
    return rows


def _refused(path: Path, problems: Sequence[FileProblem]) -> FileRefusedError:
    return FileRefusedError(str(path), tuple(problems))


def _header(path: Path, values: Sequence[str]) -> list[str]:
    header = [value.strip().lower() for value in values]
    missing = [column for column in COLUMNS[:2] if column not in header]
    unknown = [column for column in header if column not in COLUMNS]
    if missing or unknown or len(set(header)) != len(header):
        text = (
            f"the header is {','.join(values)!r}; allowed: {','.join(COLUMNS)}, each once, id and name always"
        )
        raise _refused(path, [FileProblem(1, (missing or unknown or [""])[0], text)])
    return header


def _take(
    values: Sequence[str], header: Sequence[str], line: int, rows: list[NameRow], problems: list[FileProblem]
) -> None:
    if len(values) != len(header):
        text = f"{len(values)} columns where the header has {len(header)}"
        problems.append(FileProblem(line, header[min(len(values), len(header) - 1)], text))
        return
    row = {column: value.strip() for column, value in zip(header, values, strict=True)}
    wrong = list(_wrong(row))
    problems += [FileProblem(line, column, text) for column, text in wrong]
    if not wrong:
        facts = PartyFacts(
            _KINDS[row.get("kind", "").lower()],
            row.get("country", "").upper(),
            _year(row.get("birth_date", "")),
        )
        rows.append(NameRow(row["id"], row["name"], facts))


def _wrong(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    if not row["id"]:
        yield "id", "is empty"
    if not row["name"]:
        yield "name", "is empty"
    if len(row["name"]) > NAME_LENGTH_MAX:
        yield "name", f"has {len(row['name'])} characters; at most {NAME_LENGTH_MAX} are allowed"
    kind, country, born = row.get("kind", ""), row.get("country", ""), row.get("birth_date", "")
    if kind.lower() not in _KINDS:
        yield "kind", f"{kind!r} is not known; allowed is {', '.join(each for each in _KINDS if each)}"
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        yield "country", f"{country!r} is no ISO 3166 code of two letters"
    if born and _year(born) is None:
        yield "birth_date", f"{born!r} is neither YYYY nor YYYY-MM-DD"


def _year(text: str) -> int | None:
    head = text[:4]
    if len(text) not in (4, 7, 10) or not (head.isascii() and head.isdigit()):
        return None
    rest = text[4:]
    whole = (
        all(part.isascii() and part.isdigit() and len(part) == 2 for part in rest[1:].split("-"))
        if rest
        else True
    )
    return int(head) if whole and (not rest or rest[0] == "-") else None


def screen_rows(
    rows: Sequence[NameRow],
    lists: ListSet,
    score_min: int,
    advance: Callable[[int], object],
    *,
    cache: Derived | None = None,
) -> Iterator[tuple[NameRow, Hit]]:
    """Yield what each name hits, in the order of the rows.

    Parameters
    ----------
    rows
        The names.
    lists
        What they are compared with.
    score_min
        Score from which on a name is a hit.
    advance
        Called with how many rows were done.
    cache
        Where the index is kept; None: nowhere.
    """
    matcher = FuzzyMatcher(lists, score_min, derived=cache)
    entries: dict[tuple[str, str], Entry] = {
        (each.list_id, entry.entry_id): entry for each in lists.lists for entry in each.entries
    }
    floor = max(THRESHOLD_MIN, score_min - BIRTH_ADDED - COUNTRY_ADDED)
    for begin in range(0, len(rows), _CHUNK):
        chunk = rows[begin : begin + _CHUNK]
        by_name: dict[str, list[Hit]] = {}
        for hit in dict.fromkeys(matcher.find(list(dict.fromkeys(row.name for row in chunk)), floor)):
            by_name.setdefault(hit.name, []).append(hit)
        for row in chunk:
            found = [
                weigh(hit, entries[hit.list_id, hit.entry_id], row.facts) for hit in by_name.get(row.name, ())
            ]
            kept = [hit for hit in found if hit.score >= score_min]
            for hit in sorted(kept, key=lambda hit: (-hit.score, hit.list_id, hit.entry_id)):
                yield row, hit
        advance(len(chunk))


def write_hits(path: Path, hits: Iterator[tuple[NameRow, Hit]]) -> dict[str, int]:
    """Write the hits and return how many there are, and of how many names."""
    count, names = 0, set[str]()
    with replacing(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(OUT_COLUMNS)
        for row, hit in hits:
            writer.writerow(
                (row.row_id, hit.list_id, hit.entry_id, hit.matched_name, hit.score, hit.explanation)
            )
            count += 1
            names.add(row.row_id)
        text.detach()
    return {"hits": count, "names_hit": len(names)}
