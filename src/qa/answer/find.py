"""Find the sentences that may answer a question, and decide what is said of them.

    retrieve → read → decide

Does not know how anything is cited.
"""

from collections.abc import Collection, Sequence
from functools import cache

from qa.answer.outcome.decide import Decision, beside, decide
from qa.answer.outcome.versions import Sources
from qa.answer.read import Query, Reader
from qa.answer.retrieve import retrieve
from qa.answer.signs.candidate import Candidate
from qa.answer.sources import SourceFiles
from qa.index.stores.protocols import IndexReader
from qa.schema import RetrievedPassage
from qa.settings import AskSettings

_WIDE = 10
"""Passages of which those to read are chosen, and that tell which documents a question means."""


class Finder:
    """Looks in one open index. Safe to use from several threads."""

    def __init__(
        self, index: IndexReader, reader: Reader, settings: AskSettings, sources: SourceFiles
    ) -> None:
        """Put the parts together.

        Args:
            index: Where to look.
            reader: Reads passages.
            settings: How many, and which documents are trusted.
            sources: The documents.
        """
        self._index = index
        self._reader = reader
        self._settings = settings
        self._sources = sources

    def passages(self, query: Query, only: Collection[str] | None) -> list[RetrievedPassage]:
        """Retrieve as many passages as are shown, or compared to choose those to read."""
        return retrieve(self._index, query, self._settings, max(self._settings.k, _WIDE), only)

    def candidates(self, query: Query, passages: Sequence[RetrievedPassage]) -> list[Candidate]:
        """Read the most promising of some passages."""
        return self._reader.candidates(query, passages, self._settings.read_passages)

    def decision(
        self,
        query: Query,
        passages: Sequence[RetrievedPassage],
        candidates: Sequence[Candidate],
        only: Collection[str] | None,
        min_confidence: float,
    ) -> Decision:
        """Decide what is said of what was read; more is read where a choice is open.

        Where a document that is not trusted would answer alone, it is seen what trusted ones say.
        These are looked through apart: who repeats a question word for word may crowd them out.

        Args:
            query: The question.
            passages: Retrieved for it.
            candidates: The sentences of those that were read, the most promising first.
            only: Ids of the documents to look in; None for all.
            min_confidence: Below it nothing is an answer.
        """
        found = self._decide(query, passages, candidates, min_confidence)
        settings = self._settings
        alone = bool(found.readings) and not found.differing
        if not alone or settings.trusts(found.readings[0].passage.doc_id):
            return found
        asked = self._index.store.hashes() if only is None else only
        passages = self.passages(query, [doc_id for doc_id in asked if settings.trusts(doc_id)])
        candidates = self.candidates(query, passages)
        trusted = self._decide(query, passages, candidates, min_confidence)
        return beside(found, trusted, min_confidence)

    def _decide(
        self,
        query: Query,
        passages: Sequence[RetrievedPassage],
        candidates: Sequence[Candidate],
        min_confidence: float,
    ) -> Decision:
        def more() -> list[Candidate]:
            return self._reader.candidates(query, passages[:_WIDE])

        sources = Sources(cache(self._sources.document), self._index.store.blocks)
        nearby = {found.passage.doc_id for found in passages}
        return decide(query, candidates, self._reader, sources, min_confidence, more, nearby)
