"""The arrangements: each agreement runs, and its page says what the run shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.arrangements.__main__ import ARRANGEMENTS, as_table
from examples.arrangements.play import HERE, demonstration_key
from setfair.domain.agreement import load_agreement
from setfair.domain.signing import public_key_text
from tests.docs.markdown import DOCS
from tests.style.source import text_of


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_the_page_says_what_the_run_shows(name: str, tmp_path: Path) -> None:
    """Playing the arrangement gives the table of its page, figure by figure."""
    facts = ARRANGEMENTS[name](tmp_path / "run")
    assert as_table(facts) in text_of(DOCS / "arrangements" / f"{name.replace('_', '-')}.md")


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_its_agreement_has_the_demonstration_keys(name: str) -> None:
    """Every signatory of the agreement has the key that the player signs with."""
    agreement = load_agreement((HERE / f"{name}.toml").read_text(encoding="utf-8"))
    for signatory in agreement.signatories:
        assert signatory.public_key == public_key_text(demonstration_key(signatory.id))
