"""Notifications hold the same entries as statements, and are checked in the same way."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from setfair.errors import BrokenInvariantError, SetfairError
from setfair.formats.iso20022.write_camt053 import write_camt053
from setfair.formats.iso20022.write_camt054 import write_camt054
from tests.formats.iso20022 import write_cases as cases


def test_entries_are_those_of_the_statement() -> None:
    """The entries of the notification are, byte for byte, those of the statement."""
    statement = cases.a_statement("KWD", 0, (1_234, -5))
    notification = cases.notification_of(statement)
    notified = cases.bytes_of(lambda out: write_camt054(out, [notification], cases.HEADER)).split(b"\n")
    stated = cases.bytes_of(lambda out: write_camt053(out, [statement], cases.HEADER)).split(b"\n")
    entries = [line for line in notified if line.startswith(b"<Ntry>")]
    assert len(entries) == 2
    assert entries == [line for line in stated if line.startswith(b"<Ntry>")]


def test_entries_that_are_not_the_totals_stop_the_writer() -> None:
    """A notification whose totals are wrong is a broken invariant."""
    notification = cases.notification_of(cases.a_statement("KWD", 0, (1_234, -5)))
    wrong = replace(notification, totals=replace(notification.totals, credit_minor=1_233))
    with pytest.raises(BrokenInvariantError, match="credit_minor=1234"):
        write_camt054(io.BytesIO(), [wrong], cases.HEADER)


def test_message_without_notification_is_refused() -> None:
    """The schema asks for at least one notification, and so does the writer."""
    with pytest.raises(SetfairError, match="at least one notification"):
        write_camt054(io.BytesIO(), [], cases.HEADER)
