"""Files that are made to cost much cost what their limit says, and hold up nobody else."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from qa.index.build import build_index
from qa.index.passages import cut
from qa.index.passages.chunk import chunk
from qa.schema import Document, Passage
from qa.settings import ParseLimits
from tests.conftest import CORPUS, tiny_settings, write_corpus


def test_what_stands_in_a_document_again_and_again_is_encoded_once(
    tmp_path: Path, corpus: Path
) -> None:
    line = "Feed the tomatoes with nettle tea and prune the roses in February for the bridge.\n\n"
    index_dir = tmp_path / "index"
    write_corpus(corpus, {"again.txt": line * 300})
    report = build_index(corpus, index_dir, tiny_settings(index_dir))
    assert report.passages > 300
    assert report.encoded < 30


def test_a_document_that_takes_too_long_to_be_cut_is_skipped_and_the_others_are_there(
    tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(
        document: Document, blocks: Any, count_tokens: Callable[[Sequence[str]], Any], *rest: Any,
        **options: Any,
    ) -> list[Passage]:  # fmt: skip
        while document.doc_id == "slow.txt":
            count_tokens(["word"])
        return chunk(document, blocks, count_tokens, *rest, **options)

    monkeypatch.setattr(cut, "chunk", endless)
    write_corpus(corpus, {"slow.txt": "It seems to be a file like any other."})
    index_dir = tmp_path / "index"
    limits = ParseLimits(seconds=15)
    report = build_index(corpus, index_dir, tiny_settings(index_dir), limits=limits)
    (skipped,) = report.skipped
    assert skipped.doc_id == "slow.txt"
    assert "--max-seconds" in skipped.reason
    assert report.documents == len(CORPUS)
