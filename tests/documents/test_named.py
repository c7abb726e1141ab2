"""Names, folders and patterns mean the documents that a person would say they mean."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents.named import named

DOCUMENTS = ["a.txt", "b/a.txt", "b/c/d.pdf", "b [1]/e.txt", "bc.txt"]


@pytest.mark.parametrize(
    ("patterns", "meant"),
    [
        (["a.txt"], ["a.txt"]),
        (["b"], ["b/a.txt", "b/c/d.pdf"]),
        (["./b/"], ["b/a.txt", "b/c/d.pdf"]),
        (["b/c"], ["b/c/d.pdf"]),
        (["*.pdf"], ["b/c/d.pdf"]),
        (["b/*"], ["b/a.txt", "b/c/d.pdf"]),
        (["?.txt"], ["a.txt"]),
        (["b [1]"], ["b [1]/e.txt"]),
        (["b [1]/e.txt"], ["b [1]/e.txt"]),
        (["."], DOCUMENTS),
        (["bc.txt", "a.txt"], ["a.txt", "bc.txt"]),
        ([""], []),
        (["A.TXT"], []),
        (["nothing"], []),
        ([], []),
    ],
)
def test_each_means_what_it_says(patterns: list[str], meant: list[str]) -> None:
    assert named(DOCUMENTS, patterns) == meant


@given(st.lists(st.text("ab/.*?[]", max_size=6)), st.lists(st.text("ab/.", max_size=6)))
def test_what_fits_a_pattern_is_meant(patterns: list[str], doc_ids: list[str]) -> None:
    meant = named(doc_ids, patterns)
    assert [doc_id for doc_id in doc_ids if doc_id in meant] == meant
    for doc_id in doc_ids:
        if doc_id in patterns:
            assert doc_id in meant
        elif doc_id not in meant:
            assert not any(
                "/" not in p and "." not in p and fnmatchcase(doc_id, p) for p in patterns
            )
