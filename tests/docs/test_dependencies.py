"""docs/dependencies.md names what pyproject.toml asks for, and no licence is one that we avoid."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

import pytest

from tests.docs.markdown import DOCS, rows, sections
from tests.style.source import ROOT, text_of

PROJECT = tomllib.loads(text_of(ROOT / "pyproject.toml"))
ASKED_FOR = {
    "At run time": PROJECT["project"]["dependencies"],
    "For development": PROJECT["dependency-groups"]["dev"],
}
LOCKED = re.findall(
    r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;]+)( ; .*)? \\$",
    text_of(ROOT / "requirements.lock"),
    re.MULTILINE,
)


def name_of(requirement: str) -> str:
    """Return the name of a requirement without its version."""
    return re.split(r"[<>=~!; \[]", requirement)[0]


def licence_of(name: str) -> str:
    """Return the licence of an installed package, in its own words."""
    about = metadata.metadata(name)
    first_line = (about["License"] or "").split("\n")[0]
    classifiers = [each for each in about.get_all("Classifier", []) if each.startswith("License ::")]
    return about["License-Expression"] or first_line or "; ".join(classifiers).rpartition(":: ")[2]


@pytest.mark.parametrize("heading", ASKED_FOR)
def test_every_dependency_is_explained(heading: str) -> None:
    """Each direct dependency stands in the document with its licence and a reason."""
    described = rows(sections(DOCS / "dependencies.md", "##")[heading])
    names = sorted(name_of(each) for each in ASKED_FOR[heading])
    assert sorted(row[0] for row in described) == names
    assert {row[0]: row[1] for row in described} == {name: licence_of(name) for name in names}
    assert all(len(row[2].split()) > 2 for row in described)


def test_no_licence_is_gpl() -> None:
    """No package of the lock file is under the GPL or AGPL; the lesser one is allowed."""
    found = [
        f"{name}: {licence}"
        for name, _, marker in LOCKED
        if not marker
        for licence in [" ".join([licence_of(name), *metadata.metadata(name).get_all("Classifier", [])])]
        if re.search(r"(?<!L)(?<!Lesser )\bA?GPL|(?<!Lesser )General Public License", licence)
    ]
    assert found == []


def test_the_lock_file_has_every_dependency() -> None:
    """The lock file pins all that pyproject.toml asks for, and what builds the package."""
    pinned = {name.lower() for name, _, _ in LOCKED}
    asked = {name_of(each).lower() for group in ASKED_FOR.values() for each in group}
    assert asked | {"setuptools"} <= pinned
