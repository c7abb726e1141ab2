"""An overview is in the document's own words, every line cited, and bounded in its work."""

from pathlib import Path

import numpy as np
import pytest

from qa.answer.live import open_index
from qa.answer.pipeline import Answerer
from qa.converse.overview import MOST_DOCUMENTS, MOST_PASSAGES, Overview, overview
from qa.index.build import build_index
from qa.index.local.generations import Index
from qa.models.encoder import Vectors
from qa.schema import Citation
from tests.conftest import tiny_settings, write_corpus

REPORT = """# Report on the garden

## Roses

Roses want sun and clay, and they want it all through the long summer. In 2019 the garden had 351
red roses and 40 white ones. Ada Lovelace gave 12 roses to the garden in May 2018.

## Ferns

They want shade, and they want it all the year, as everybody knows. Ferns want shade and water
twice a week, and they want both of it in August 2019. The garden of Ada Lovelace has 65 ferns.

Label: value | other: 7 ferns
"""


def answerer_of(folder: Path, files: dict[str, str]) -> Answerer:
    write_corpus(folder / "corpus", files)
    build_index(folder / "corpus", folder / "index", tiny_settings(folder / "index"))
    return open_index(folder / "index")


def cited(found: Overview) -> list[Citation]:
    facts = [fact.citation for fact in (*found.figures, *found.dates, *found.names)]
    return [*found.headings, *found.sentences, *facts]


@pytest.fixture
def report(tmp_path: Path) -> Answerer:
    return answerer_of(tmp_path, {"garden.md": REPORT})


def test_every_line_stands_in_the_document(report: Answerer) -> None:
    found = overview(report, ["garden.md"])
    assert found is not None
    source = report.open_source("garden.md")
    assert source is not None
    assert len(cited(found)) > 8
    for citation in cited(found):
        assert source.document.text[citation.start : citation.end] == citation.quote
    for fact in (*found.figures, *found.dates, *found.names):
        assert fact.text in " ".join(fact.citation.quote.split())


def test_headings_figures_dates_and_names_are_found(report: Answerer) -> None:
    found = overview(report, ["garden.md"])
    assert found is not None
    assert found.title == "Report on the garden"
    assert [citation.quote for citation in found.headings] == ["Roses", "Ferns"]
    assert {fact.text for fact in found.figures} >= {"351 red roses", "65 ferns"}
    assert {fact.text for fact in found.dates} == {"2019", "May 2018", "August 2019"}
    assert "Ada Lovelace" in [fact.text for fact in found.names]


def test_key_sentences_stand_by_themselves(report: Answerer) -> None:
    found = overview(report, ["garden.md"])
    assert found is not None
    quotes = [citation.quote for citation in found.sentences]
    assert len(quotes) == len(set(quotes)) >= 3
    assert not [quote for quote in quotes if quote.startswith("They ") or " | " in quote]
    assert [c.start for c in found.sentences] == sorted(c.start for c in found.sentences)


def test_what_is_said_twice_is_shown_once(tmp_path: Path) -> None:
    again = "Roses want sun and clay, and they want it all through the summer.\n\n"
    found = overview(answerer_of(tmp_path, {"a.txt": again * 8}), ["a.txt"])
    assert found is not None
    assert len(found.sentences) == 1


def test_of_several_documents_each_says_one_thing(tmp_path: Path) -> None:
    files = {f"{n:02}.txt": REPORT.replace("351", str(400 + n)) for n in range(14)}
    answerer = answerer_of(tmp_path, files)
    found = overview(answerer, sorted(files))
    assert found is not None
    assert found.doc_ids == tuple(sorted(files))
    ids = [citation.doc_id for citation in found.sentences]
    assert len(ids) == len(set(ids)) == MOST_DOCUMENTS


def test_a_long_document_is_sampled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = "\n\n".join(f"The garden number {n} wants sun and clay in May." for n in range(900))
    answerer = answerer_of(tmp_path, {"long.txt": many})
    assert answerer.index.store.n_passages > MOST_PASSAGES
    read: list[int] = []
    real = Index.sentence_vectors

    def counting(index: Index, row: int) -> Vectors:
        read.append(row)
        return real(index, row)

    monkeypatch.setattr(Index, "sentence_vectors", counting)
    found = overview(answerer, ["long.txt"])
    assert found is not None
    assert found.sentences
    assert len(read) <= MOST_PASSAGES
    assert np.median(read) > MOST_PASSAGES / 2  # from all of it


def test_what_is_not_there_has_no_overview(report: Answerer) -> None:
    assert overview(report, ["no.txt"]) is None
    assert overview(report, []) is None
    assert overview(report, ["no.txt", "nor.txt"]) is None


def test_a_document_without_a_sentence_has_an_overview_all_the_same(tmp_path: Path) -> None:
    found = overview(answerer_of(tmp_path, {"a.csv": "Name,Age\nAda,12\nBob,13\n"}), ["a.csv"])
    assert found is not None
    assert found.sentences == ()
