"""What the page's scripts send is read, whatever it is."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.ui.events import documents_events, evaluation_events
from tests.conftest import CORPUS, write_corpus
from tests.ui.panes.opening import (
    build,
    library_panes,
)

# ---- what a browser may send

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "files path name doc_ids query chosen id answer evidence none doc_id start end "
                "shown page".split()
            ),
            inner,
        )
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sent")
    write_corpus(folder / "corpus", CORPUS)
    build(folder)
    return folder


@settings(max_examples=40)
@given(JSON)
def test_the_pages_script_may_send_anything(changing: Path, sent: object) -> None:
    panes, _ = library_panes(changing)
    for function in (
        *documents_events(panes.documents, set),
        *evaluation_events(panes.evaluation, set),
    ):
        json.dumps(function(sent))
    assert sorted(CORPUS) == sorted(
        path.relative_to(changing / "corpus").as_posix()
        for path in (changing / "corpus").rglob("*.*")
        if path.is_file()
    )


def test_only_what_the_page_uploaded_is_added(changing: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("x")
    panes, _ = library_panes(changing)
    add = next(
        function
        for function in documents_events(panes.documents, set)
        if function.__name__ == "add_files"
    )
    add({"files": [{"path": str(secret), "name": "mine.txt"}]})
    assert secret.exists(), "and it is not deleted either"
    assert not (changing / "corpus" / "mine.txt").exists()


def test_only_what_the_page_uploaded_is_asked(changing: Path, tmp_path: Path) -> None:
    panes, _ = library_panes(changing)
    gold_file = tmp_path / "gold.jsonl"
    gold_file.write_text('{"question": "Who?", "answerable": false}')
    begin = evaluation_events(panes.evaluation, set)[0]
    assert begin({"path": str(gold_file), "name": "mine"}) == "the file could not be read"
    assert gold_file.exists()
    assert not panes.evaluation.status()["running"]
