"""Faults of the power: it is cut at any operation, also while the house recovers, and on a disk that lies."""

from __future__ import annotations

from random import Random

from setfair.errors import NotProvenError, SetfairError
from setfair.prove.checkpoints import compare as compare_checkpoint
from setfair.prove.checkpoints import house_key
from setfair.store.sqlite import connect
from setfair.tables import query
from tests.torture.disk import Disk, failing_disk
from tests.torture.play import AHEAD, Asked, audit, compare, complete, must
from tests.torture.played import DayOnDisk
from tests.torture.wreck import WAYS, Platter, taken


def cut(day: DayOnDisk, random: Random) -> str:
    """The power is cut at any operation; what was not synced is there, lost, torn, reordered or shredded."""
    operations, way = random.randint(0, len(day.log)), random.choice(list(WAYS))
    platter = day.platter_at(operations)
    WAYS[way](platter, random)
    house = day.lay_out(platter.files)
    least = day.steps_at(operations)
    done = compare(house, day.played, Asked(least, min(least + AHEAD, day.steps)), random)
    complete(house, day.played, done, random)
    return way


def cut_twice(day: DayOnDisk, random: Random) -> str:
    """The power is cut, and once more at any operation of the recovery."""
    operations, ways = random.randint(0, len(day.log)), random.choices(list(WAYS), k=2)
    platter = day.platter_at(operations)
    WAYS[ways[0]](platter, random)
    house = day.lay_out(platter.files)
    least = day.steps_at(operations)
    asked = Asked(least, min(least + AHEAD, day.steps))
    found, disk = taken(house), Disk(day.house)
    with failing_disk(disk):
        compare(house, day.played, asked, random)
    again = Platter(found)
    again.do(disk.log[: random.randint(0, len(disk.log))])
    WAYS[ways[1]](again, random)
    done = compare(day.lay_out(again.files), day.played, asked, random)
    complete(house, day.played, done, random)
    return " then ".join(ways)


def lying_disk(day: DayOnDisk, random: Random) -> str:
    """The disk said that it had synced, and had not: all of it is there, or the loss is named."""
    operations = random.randint(1, len(day.log))
    believed = random.randint(max(0, operations - 60), operations)
    platter = day.platter_at(believed)
    platter.pending += [each for each in day.log[believed:operations] if each.kind not in ("sync", "open")]
    way = random.choice([name for name in WAYS if name != "all written"])
    WAYS[way](platter, random)
    day.lay_out(platter.files)
    return f"{way}: {judge(day, day.steps_at(operations), random)}"


def judge(day: DayOnDisk, least: int, random: Random) -> str:
    """Say how damage is seen: not (then all is there), by the audit, or by whoever kept a checkpoint."""
    house, expected = day.house, day.played.pages_after(least)
    try:
        done = audit(house)
    except SetfairError as error:
        must(bool(str(error).strip()), "the house cannot be read, and does not say why")
        return "cannot be read"
    if done.finding is not None:
        return "named by the audit"
    page = done.audited.state.page_number
    if page >= expected:
        compare(house, day.played, Asked(least, day.steps), random)
        return "nothing was lost"
    must(expected in day.notes, f"page {expected} was never signed")
    connection = connect(house, read_only=True)
    try:
        origin = f"setfair/{done.audited.state.directory.agreement.agreement.id}"  # type: ignore[union-attr]
        compare_checkpoint(
            lambda sql, given: query(connection, sql, given), day.notes[expected], house_key(house, origin)
        )
    except NotProvenError:
        return "named by a checkpoint that was kept"
    finally:
        connection.close()
    must(False, f"page {page} is the last, {expected} was acknowledged, and nobody can tell")
    return ""
