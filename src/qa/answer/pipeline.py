"""Answer a question: the one place that puts the parts together.

    encode → retrieve → read → cite

Does not know the command line, the browser or JSON.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from qa.answer.calibration import (
    Calibration,
    OwnCalibration,
    Risk,
    calibration_in_words,
    models_identity,
)
from qa.answer.checked import checked_question
from qa.answer.cite import Citer
from qa.answer.clock import Clock
from qa.answer.find import Finder
from qa.answer.outcome.computed import computed
from qa.answer.outcome.decide import Decision
from qa.answer.outcome.excerpt import with_best_sentence
from qa.answer.outcome.said import answer_said, listed_said, versions_said
from qa.answer.outcome.spelling import Spelling, spelling
from qa.answer.parts import time_of, unsure
from qa.answer.read import Corpus, Query, Reader
from qa.answer.retrieve import retrieve
from qa.answer.signs.candidate import Candidate
from qa.answer.signs.question import without_courtesies
from qa.answer.sources import SourceFiles, SourceView
from qa.answer.steps import in_steps
from qa.documents.named import named_in
from qa.documents.sandbox import PageImage, Sandbox
from qa.index.stores.protocols import IndexReader
from qa.index.stores.stored import DocumentInfo
from qa.languages import language_of
from qa.models.encoder import Encoder
from qa.models.span_network import SpanNetwork
from qa.schema import (
    SEVERAL,
    Answer,
    Choice,
    Citation,
    Computation,
    Reading,
    RetrievedPassage,
    Span,
)
from qa.settings import AskSettings
from qa.waiting import check_waited_for

_LOOKED_AT = 5
"""Sentences one of which ranks first by weights that are fitted anew, nearly always."""

LEAST_POSSIBLE = 0.25
"""A sentence is shown as a possible answer if it is right at least one time in four."""


class Answerer:
    """Answers questions from one open index. Safe to use from several threads."""

    def __init__(
        self,
        index: IndexReader,
        encoder: Encoder,
        network: SpanNetwork,
        settings: AskSettings,
        own: OwnCalibration | None = None,
    ) -> None:
        """Put the parts together; `open_index` is the usual way to get one.

        Args:
            index: Where to look.
            encoder: Encodes questions.
            network: Reads passages; its card has the calibration.
            settings: How to answer.
            own: A calibration to use instead, if it was fitted for the same models.
        """
        self._index = index
        self._encoder = encoder
        self._network = network
        self._settings = settings
        self._packaged = Calibration.of_card(network.card)
        self._models = models_identity(network.card, index.manifest)
        self._calibration = calibration_in_words(own, self._models, index.manifest.corpus_sha256)
        fits = own is not None and own.models == self._models
        calibration = own.calibration if own is not None and fits else self._packaged
        store = index.store
        self._sources = SourceFiles(store, Path(index.manifest.corpus))
        corpus = Corpus(index.sentence_vectors, store.mentions, store.rarity, self._sources.text)
        self._reader = Reader(network, corpus, calibration)
        self._citer = Citer(self._sources, settings)
        self._find = Finder(index, self._reader, settings, self._sources)
        self._risk = calibration.risk(settings.max_risk)

    def ask(
        self, question: str, *, abstain: bool = True, only: Collection[str] | None = None
    ) -> Answer:
        """Answer a question in the documents' own words, as a whole or in steps, or abstain.

        Args:
            question: In plain language.
            abstain: False to answer however low the confidence, for measuring.
            only: Ids of the documents to look in; None for all.

        Raises:
            UsageError: The question is empty or longer than 2,000 characters.
            AbandonedError: Nobody waits for the answer any more.
            CitationError: The index contradicts itself; nothing is answered from it.
            IndexDamagedError: The index has become unreadable.
        """
        asked = [self._ask(question, abstain, only)]

        def ask(step: str) -> Answer:
            asked.append(self._ask(step, True, only))
            return asked[-1]

        found = in_steps(asked[0], ask, self.min_confidence)
        if abstain and found.confidence < self.min_confidence:
            doubted = unsure(found)
            found = doubted if may_be_possible(doubted) else replace(doubted, possible=None)
        return replace(found, timings_ms=time_of(asked))

    def _ask(self, question: str, abstain: bool, only: Collection[str] | None) -> Answer:
        clock = Clock()
        check_waited_for()  # here, too: of several parts or steps each comes this way
        question = checked_question(question)
        language = language_of(question)
        read = Spelling(question) if language else self._spelling(question)
        query = self._query(read.question)
        only = self._named_in(question, only)
        clock.lap("encode")
        passages = self._find.passages(query, only)
        clock.lap("retrieve")
        check_waited_for()
        candidates = self._find.candidates(query, passages)
        check_waited_for()
        decision = self._find.decision(query, passages, candidates, only, self.min_confidence)
        readings = decision.readings
        confidence = readings[0].confidence if readings else 0.0
        clock.lap("read")
        sure = confidence >= self.min_confidence and not decision.choices
        answered = bool(readings) and (sure or not abstain)
        citations = self._citations(decision) if answered else ()
        listed = listed_said(readings[0], citations) if citations else ()
        said = answer_said(readings[0], citations[0]) if citations and not listed else None
        result = None if answered else self._computed(query, candidates)
        possible = None
        if not (answered or decision.choices or result):
            possible = self.cite(readings[0]) if readings and may_be_possible(readings[0]) else None
        clock.lap("cite")
        nearest = _with_that_of(readings[:1], passages, self._settings.k)
        shown = with_best_sentence(query.text, nearest, candidates, self._index.store.rarity)
        return Answer(
            question=question,
            answered=answered,
            answer=SEVERAL.join(listed) or said,
            confidence=confidence,
            citations=citations,
            passages=tuple(shown),
            unmentioned=readings[0].unmentioned if readings else (),
            titles={p.passage.doc_id: self._index.store.title(p.passage.doc_id) for p in shown},
            timings_ms=clock.timings_ms(),
            possible=possible,
            n_documents=self._index.store.n_documents if only is None else len(only),
            versions=versions_said(decision, citations),
            choices=self._choices(decision),
            language="" if self._encoder.is_multilingual else language,
            read_as=read.read_as,
            suggestion=read.suggestion if readings and readings[0].unmentioned else "",
            listed=listed,
            computed=result,
        )

    def _citations(self, decision: Decision) -> tuple[Citation, ...]:
        readings = decision.readings
        if readings[0].listed:
            return self._citer.cite_rows(readings[0])
        cited = readings if decision.differing else [*readings[:1], *decision.supports]
        return self._citer.cite_each(cited)

    def _named_in(self, question: str, only: Collection[str] | None) -> Collection[str] | None:
        """Look only in the files that a question names, where it names any."""
        named = named_in(question, self._index.store.hashes)
        if only is not None:
            named = [doc_id for doc_id in named if doc_id in only]
        return named or only

    def _computed(self, query: Query, candidates: Sequence[Candidate]) -> Computation | None:
        """Compute what the rows of one table come to, if that is what is asked."""
        found = computed(query.text, candidates, cache(self._sources.text))
        if found is None:
            return None
        passage, cells = found.passage, tuple(term.span for term in found.terms)
        rows = Span(passage.start, passage.end)
        reading = Reading(passage, rows, cells[0], confidence=0.0, highlights=cells)
        citation = self.cite(reading)
        return Computation(found.operation, found.value, found.column, found.terms, citation)

    def _choices(self, decision: Decision) -> tuple[Choice, ...]:
        title = self._index.store.title
        return tuple(Choice(doc_id, title(doc_id)) for doc_id in decision.choices)

    def search(
        self, question: str, k: int = 0, *, only: Collection[str] | None = None
    ) -> list[RetrievedPassage]:
        """Rank passages for a question without reading them, the best first.

        Args:
            question: In plain language.
            k: How many; 0 for as many as an answer has.
            only: Ids of the documents to look in; None for all.

        Raises:
            UsageError: The question is empty or longer than 2,000 characters.
        """
        settings = self._settings
        return retrieve(self._index, self._query(question), settings, k or settings.k, only)

    def candidates(self, question: str) -> list[Candidate]:
        """Read the best passages: every sentence with what speaks for it, the best first.

        The first few have been looked at again, whatever the calibration makes of that.

        Raises:
            UsageError: The question is empty or longer than 2,000 characters.
        """
        query = self._query(question)
        found = self._find.candidates(query, self._find.passages(query, None))
        first, rest = found[:_LOOKED_AT], found[_LOOKED_AT:]
        return [*(self._reader.looked_again(query, one, always=True) for one in first), *rest]

    def readings(self, question: str, only: Collection[str] | None = None) -> list[Reading]:
        """Read the best passages: every sentence, the most promising first.

        Args:
            question: In plain language.
            only: Ids of the documents to look in; None for all.

        Raises:
            UsageError: The question is empty or longer than 2,000 characters.
        """
        query = self._query(question)
        candidates = self._find.candidates(query, self._find.passages(query, only))
        return [self._reader.reading(query, candidate) for candidate in candidates]

    def cite(self, reading: Reading) -> Citation:
        """Cite a reading.

        Raises:
            CitationError: The index contradicts itself.
        """
        return self._citer.cite(reading)

    @property
    def min_confidence(self) -> float:
        """The confidence below which this answerer abstains; 1 or more: always."""
        return self._risk.min_confidence

    @property
    def risk(self) -> Risk:
        """What the threshold in use cost on the calibration questions."""
        return self._risk

    @property
    def calibration(self) -> str:
        """Which calibration is in use, in words: the reader's, or one's own and of what."""
        return self._calibration

    @property
    def packaged(self) -> Calibration:
        """The calibration that came with the reader, in use or not."""
        return self._packaged

    @property
    def models(self) -> str:
        """Identity of the reader and encoder in use."""
        return self._models

    @property
    def open_models(self) -> tuple[Encoder, SpanNetwork]:
        """The encoder and the reader, as they are open."""
        return self._encoder, self._network

    @property
    def settings(self) -> AskSettings:
        """How it answers."""
        return self._settings

    @property
    def index(self) -> IndexReader:
        """The open index."""
        return self._index

    def documents(self) -> list[DocumentInfo]:
        """List the documents, sorted by id."""
        return self._index.store.documents()

    def open_source(self, doc_id: str) -> SourceView | None:
        """Open a document as it was indexed, and say whether its file has changed since.

        Returns:
            None if the index has no such document.
        """
        return self._sources.open(doc_id)

    def draw_page(self, doc_id: str, page: int, span: Span | None, sandbox: Sandbox) -> PageImage:
        """Draw a page of a document's file, with the cited words boxed.

        Args:
            doc_id: A document for which `formats.has_page_images` holds.
            page: From 1.
            span: The words, in document offsets; None for none.
            sandbox: Where the file is opened.

        Raises:
            SourceError: It is gone, has changed since it was indexed or cannot be drawn.
        """
        return self._sources.draw_page(doc_id, page, span, sandbox)

    def close(self) -> None:
        """Close the index's files."""
        self._index.close()

    def _spelling(self, question: str) -> Spelling:
        return spelling(question, self._index.store, self._encoder.knows)

    def _query(self, question: str) -> Query:
        asked = without_courtesies(checked_question(question))
        return Query(asked, self._encoder.encode_query(asked))


def may_be_possible(found: Answer | Reading) -> bool:
    """Whether what is not sure enough to be the answer is worth showing as a possible one."""
    return found.confidence >= LEAST_POSSIBLE and not found.unmentioned


def _with_that_of(
    readings: Sequence[Reading], passages: Sequence[RetrievedPassage], most: int
) -> list[RetrievedPassage]:
    """Return the best passages, the last of them replaced by one that was read if need be."""
    chosen = {reading.passage.passage_id for reading in readings}
    best, rest = list(passages[:most]), passages[most:]
    later = [found for found in rest if found.passage.passage_id in chosen]
    return [*best[: most - len(later)], *later]
