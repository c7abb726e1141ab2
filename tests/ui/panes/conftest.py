"""Fixtures of the panes' tests."""

import shutil
from pathlib import Path

import pytest

from qa.evaluate.feedback import FEEDBACK_FILE, Feedback
from tests.conftest import CORPUS, write_corpus
from tests.ui.panes.opening import Panes, build, panes_of
from tests.ui.samples import write_pdf


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three-document corpus with a PDF, and its index; not to be changed."""
    folder = tmp_path_factory.mktemp("panes")
    write_corpus(folder / "corpus", CORPUS)
    pages = [[(72, 700, f"Page {number} is about roses and ferns.")] for number in (1, 2, 3)]
    write_pdf(folder / "corpus" / "roses.pdf", pages, "All of the roses")
    build(folder)
    return folder


@pytest.fixture(scope="session")
def panes(place: Path) -> Panes:
    return panes_of(place / "index")


@pytest.fixture
def own(place: Path, tmp_path: Path) -> Path:
    """A copy that may be changed; its index knows where its corpus is."""
    shutil.copytree(place / "corpus", tmp_path / "corpus")
    build(tmp_path)
    return tmp_path


@pytest.fixture
def judging(place: Path, tmp_path: Path) -> Panes:
    """Feedback of its own."""
    return panes_of(place / "index", feedback=Feedback(tmp_path / FEEDBACK_FILE))
