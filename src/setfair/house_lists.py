"""The screening lists of a house on disk: where they come from, and how a newer one replaces an older.

Rules
-----
1. A source is a file, or a URL with https (http only from this machine itself). Nothing is fetched but what
   is asked for by name, when it is asked for. What a list's source is stands in ``HOUSE/lists/sources.json``.
2. What comes in is put beside the list, read whole by the reader of its format, and held against the bounds
   that the agreement names. Only then does it take the list's place, file by file, each whole; what is
   refused changes nothing. A download that breaks off, or has another length than announced, is refused
   before it is read.
3. A list that is older than the present one is refused: whoever wants that must say so.
4. Nothing here removes a list; which lists there are is the agreement's to say, and UN is always among them.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from setfair.domain.progress import Progress, silent
from setfair.errors import FileRefusedError, HouseError
from setfair.formats.replace_file import replacing
from setfair.screening.delta import ListDelta, compare, hashes_of
from setfair.screening.gate import ListRequirement, problem_with
from setfair.screening.lists import READERS
from setfair.screening.lists.model import SanctionsList
from setfair.screening.lists.source import FILE_BYTES_MAX

SOURCES = "sources.json"
TIMEOUT_SECONDS = 60
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_BESIDE = {
    "sdn.csv": ("alt.csv", "add.csv", "sdn_comments.csv"),
    "cons_prim.csv": ("cons_alt.csv", "cons_add.csv", "cons_comments.csv"),
}
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Updated:
    """What came of an update of one list."""

    list_id: str
    source: str
    published: date
    entries: int
    content_hash: str
    delta: ListDelta


def read_sources(folder: Path) -> dict[str, str]:
    """Return the source of each list that has one."""
    try:
        found = json.loads((folder / "lists" / SOURCES).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise HouseError(f"{folder / 'lists' / SOURCES} is not JSON: mend it or remove it") from error
    return {str(list_id): str(source) for list_id, source in found.items()}


def write_source(folder: Path, list_id: str, source: str) -> None:
    """Keep where a list comes from."""
    sources = read_sources(folder) | {list_id: source}
    with replacing(folder / "lists" / SOURCES) as file:
        file.write(json.dumps(sources, indent=2, sort_keys=True).encode() + b"\n")


def update_list(
    requirement: ListRequirement, source: str, today: date, *,
    published: date | None = None, allow_older: bool = False, on_progress: Progress | None = None,
) -> Updated:  # fmt: skip
    """Bring a list in from its source, if it is whole and fits the agreement.

    Parameters
    ----------
    requirement
        What the agreement asks of the list, and where it lies.
    source
        Path of a file, or a URL.
    today
        The day by which its age is counted.
    published
        Date of publication where the format carries none and no note lies beside the source.
    allow_older
        Whether a list that is older than the present one may take its place.
    on_progress
        Shown while it is fetched.

    Raises
    ------
    HouseError
        If it cannot be had, is not whole, does not fit, or is older: then the present list stays.
    """
    place = requirement.path
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".incoming.", dir=place.parent) as incoming:
        staged = Path(incoming) / place.name
        files = _bring(source, staged, on_progress or silent)
        found = _read(requirement, staged, source, published)
        problem = problem_with(found, requirement, today)
        if problem is not None:
            raise HouseError(f"list {requirement.list_id} from {source}: {problem}; the present list stays")
        before = _present(requirement)
        if before is not None and found.published < before.published and not allow_older:
            raise HouseError(
                f"list {requirement.list_id} from {source} is of {found.published}, the present one of "
                f"{before.published}: an older list is taken only with --older; the present list stays"
            )
        for file in (*files[1:], files[0]):
            _put(file, place.with_name(file.name))
    delta = compare(requirement.list_id, hashes_of(before) if before else {}, hashes_of(found))
    return Updated(
        requirement.list_id, source, found.published, len(found.entries), found.content_hash, delta
    )


def _present(requirement: ListRequirement) -> SanctionsList | None:
    """Return the list that is there, or None where there is none that can be read."""
    try:
        return READERS[requirement.format](requirement.list_id, requirement.path)
    except FileRefusedError:
        return None


def _read(requirement: ListRequirement, staged: Path, source: str, published: date | None) -> SanctionsList:
    note = staged.with_name(f"{staged.name}.published")
    if published is not None:
        note.write_text(f"{published}\n", encoding="ascii")
    reader = READERS[requirement.format]
    try:
        return reader(requirement.list_id, staged)
    except FileRefusedError as error:
        reasons = "; ".join(str(problem) for problem in error.problems)
        raise HouseError(
            f"list {requirement.list_id} from {source} is not whole or not this list: {reasons}; the present "
            "list stays"
        ) from error


def _bring(source: str, staged: Path, on_progress: Progress) -> list[Path]:
    """Bring the files of a list in; return them, the main one first."""
    is_url = "://" in source
    fetch = _download if is_url else _copy
    names = [(staged.name, True), (f"{staged.name}.published", False)]
    names += [(name, False) for name in _BESIDE.get(staged.name, ())]
    files = []
    for number, (name, needed) in enumerate(names):
        origin = source if number == 0 else _beside(source, staged.name, name)
        target = staged.with_name(name)
        if fetch(origin, target, on_progress, needed=needed):
            files.append(target)
    return files


def _beside(source: str, main: str, name: str) -> str:
    """Return where another file of the list is: beside the first one; a note has the first one's own name."""
    head, _, last = source.rpartition("/")
    suffix = name.removeprefix(main)
    other = f"{last}{suffix}" if suffix != name else name
    return f"{head}/{other}" if head or source.startswith("/") else other


def _copy(origin: str, target: Path, on_progress: Progress, *, needed: bool) -> bool:
    path = Path(origin)
    if not path.is_file():
        if needed:
            raise HouseError(f"{origin}: there is no such file")
        return False
    shutil.copyfile(path, target)
    return True


def _download(origin: str, target: Path, on_progress: Progress, *, needed: bool) -> bool:
    parts = urlsplit(origin)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise HouseError(f"{origin}: a list is fetched with https only")
    try:
        with urllib.request.urlopen(origin, timeout=TIMEOUT_SECONDS) as answer, target.open("wb") as file:  # noqa: S310  # the scheme was looked at
            announced = int(answer.headers.get("Content-Length") or 0)
            done = 0
            while chunk := answer.read(_CHUNK):
                done += len(chunk)
                if done > FILE_BYTES_MAX:
                    raise HouseError(f"{origin}: more than {FILE_BYTES_MAX} bytes; the present list stays")
                file.write(chunk)
                on_progress(target.name, done, announced)
    except urllib.error.HTTPError as error:
        error.close()
        if not needed and error.code in (403, 404, 410):
            return False
        raise HouseError(f"{origin}: the server says {error.code}; the present list stays") from error
    except (OSError, ValueError) as error:
        raise HouseError(f"{origin}: cannot be fetched ({error}); the present list stays") from error
    if announced and done != announced:
        raise HouseError(f"{origin}: {done} of {announced} bytes came; the present list stays")
    return True


def _put(file: Path, place: Path) -> None:
    with replacing(place) as target, file.open("rb") as source:
        shutil.copyfileobj(source, target)
