"""A backup is made in the middle of a session, and a house of it takes the place of the first."""

from __future__ import annotations

import shutil
from random import Random

from setfair.backup.make import make_backup
from setfair.backup.restore import Until, restore_backup
from tests.torture.errors import session
from tests.torture.play import AHEAD, MORNING, Asked, compare, complete
from tests.torture.played import DayOnDisk


def lost_house(day: DayOnDisk, random: Random) -> str:
    """The house is lost, and made again of a backup that was made while it worked: it goes on from there."""
    first = random.randint(0, day.steps - 1)
    day.at_step(first)
    file, again = day.folder / "backup.tar", day.folder / "again"
    made: list[int] = []

    def back_up(number: int, page: int) -> None:
        if not made and random.random() < 0.5:
            make_backup(day.house, file, MORNING)
            made.append(number + 1)

    last = session(day, random, first, back_up)
    if not made:
        make_backup(day.house, file, MORNING)
        made.append(last)
    shutil.rmtree(again, ignore_errors=True)
    key = day.house / "keys" / "house.key"
    restore_backup(file, again, until=Until(), private_key=key)
    asked = Asked(made[0], min(made[0] + AHEAD, day.steps), is_anew=True)
    complete(again, day.played, compare(again, day.played, asked, random), random)
    return "while it worked" if made[0] < last else "at the end of a session"


def restored_to_a_page(day: DayOnDisk, random: Random) -> str:
    """A house is made of a backup as it was after an earlier page: it has what it had then, and goes on."""
    day.lay_out(day.after)
    file, again = day.folder / "backup.tar", day.folder / "again"
    make_backup(day.house, file, MORNING)
    step = random.randint(0, day.steps)
    shutil.rmtree(again, ignore_errors=True)
    key = day.house / "keys" / "house.key"
    restore_backup(file, again, until=Until(page=day.played.pages_after(step)), private_key=key)
    complete(again, day.played, compare(again, day.played, Asked(step, day.steps), random), random)
    return "at the end" if step == day.steps else "earlier"
