"""Giving out: everything that participants are told about one business day.

OUT/<date>/<participant>/   for every participant with settlement accounts, settlement agents too
    pacs.002.xml            what became of every payment that it sent
    camt.029.xml            answers to its requests for cancellation
    camt.054.xml            every booking on its accounts
    camt.053_<CCY>.xml      the statement of each account, and statement_<CCY>.csv with the same
    set_off_notices.csv     what set-off did for the firms that bank with it, and set_off_notices.json
    netting_notices.csv     what netting settled for them, and netting_notices.json
    fees.csv                what it is charged
OUT/<date>/parties/         notices and fees of firms that bank with no participant
OUT/<date>/unknown-sender/  what became of payments and requests whose sender takes no part

Rules
-----
1. Everything comes from the tables; the house is not needed, and nothing in it changes.
2. A file is whole or not there, and a closed day written again gives the same bytes. Quittances, which go
   along where a participant asks for them, are under the newest checkpoint, and so change.
3. The day's records are read once and sorted out into a spool, so that memory grows with the number of
   accounts and not with that of payments.
4. Statements and fees of a currency wait for its close; the messages of a day that is still open say what is
   known so far, under identifications of their own.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from setfair.domain.progress import Progress, silent
from setfair.formats.iso20022.statement_types import Party
from setfair.statements.day import Query, find_day
from setfair.statements.fees import find_fees, write_fees
from setfair.statements.files import Outbox, Written
from setfair.statements.gather import UNKNOWN_SENDER, gather
from setfair.statements.members import find_members
from setfair.statements.messages import Issue, QuittanceOf, write_answers, write_member, write_statuses
from setfair.statements.notices import HOUSE_PARTIES, find_firms, write_notices
from setfair.statements.spool import Spool

PARTIES_FOLDER = "parties"
UNKNOWN_SENDER_FOLDER = "unknown-sender"


def write_day(
    query: Query,
    out: Path,
    business_date: date,
    *,
    envelope: bool = False,
    quittances: QuittanceOf | None = None,
    on_progress: Progress | None = None,
) -> list[Written]:
    """Write everything that participants are told about one business day.

    Parameters
    ----------
    query
        Returns the rows of one query over the tables: `House.query` or `Tables.query`.
    out
        The folder of all days; this day's is made in it.
    business_date
        Which day.
    envelope
        Whether messages get a business application header.
    quittances
        Makes the quittances that go along in pacs.002; None: none do.
    on_progress
        Called with what is being done, how much is done, and how much there is.

    Returns
    -------
    list of Written
        Every file, in the order in which it was written.

    Raises
    ------
    PhaseError
        If no currency had a business day on that date.
    BrokenInvariantError
        If opening and entries of an account do not give its closing balance.
    """
    progress = on_progress or silent
    day = find_day(query, business_date)
    members = find_members(query, day)
    folder = out / business_date.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    with Spool(folder) as spool:
        gathered = gather(query, day, members, spool, progress)
        issue = Issue(day, members, gathered, envelope, quittances)
        return _write_all(query, folder, issue, progress)


def _write_all(query: Query, folder: Path, issue: Issue, progress: Progress) -> list[Written]:
    written: list[Written] = []
    firms = find_firms(query, issue)
    fees = find_fees(issue, firms)
    receivers = issue.receivers() | {number for number in firms.of_member if number != HOUSE_PARTIES}
    for done, number in enumerate(sorted(receivers), 1):
        member = issue.members.by_number[number]
        outbox = Outbox(folder / member.id, member.id, written)
        write_member(outbox, issue, member)
        write_notices(outbox, issue, firms, number)
        write_fees(outbox, issue, fees.get(number, ()))
        progress("writing messages", done, len(receivers))
    nobody = Outbox(folder / UNKNOWN_SENDER_FOLDER, "", written)
    write_statuses(nobody, issue, UNKNOWN_SENDER, Party())
    write_answers(nobody, issue, UNKNOWN_SENDER, Party())
    parties = Outbox(folder / PARTIES_FOLDER, "", written)
    write_notices(parties, issue, firms, HOUSE_PARTIES)
    write_fees(parties, issue, fees.get(HOUSE_PARTIES, ()))
    return written
