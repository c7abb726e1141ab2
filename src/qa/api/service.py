"""Do what programs and agents ask for: answer, search, list, open a place, keep a verdict.

Does not know HTTP or the Model Context Protocol.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from qa.answer.live import LiveAnswerer
from qa.answer.pipeline import Answerer
from qa.answer.present import passage_to_json
from qa.answer.sources import SourceView
from qa.api.counts import Counts
from qa.api.sent import Judged
from qa.converse.conversation import Reply, reply
from qa.converse.exchange import Exchange
from qa.converse.present import reply_to_json, state_of
from qa.documents.named import named
from qa.errors import QAError, UsageError
from qa.evaluate.feedback import Feedback, Verdict, makes_test
from qa.formats.blocks import heading_paths
from qa.index.passages.context import SEPARATOR
from qa.index.stores.stored import DocumentInfo
from qa.schema import SEVERAL, Answer, Citation
from qa.version import __version__
from qa.write.writer import Writer, Written


class NotThereError(UsageError):
    """A document or a place in one that is not there."""


class ConflictError(UsageError):
    """What cannot be done as this server was started, or as the documents are now."""


@dataclass(frozen=True, slots=True)
class Given:
    """A reply, and what gave it.

    Attributes:
        answerer: Of the generation that answered.
        reply: What came back.
    """

    answerer: Answerer
    reply: Reply

    def to_json(self) -> dict[str, Any]:
        """Make the answer object of the command line's contract."""
        return reply_to_json(self.reply)


class Service:
    """Answers programs and agents. Safe to use from several threads."""

    def __init__(
        self,
        live: LiveAnswerer,
        feedback: Feedback,
        writer: Writer | None = None,
        counts: Counts | None = None,
    ) -> None:
        """Prepare.

        Args:
            live: Answers.
            feedback: Keeps what is thought of answers.
            writer: Writes about answers; None for none.
            counts: Counts what is asked.
        """
        self._live = live
        self._feedback = feedback
        self._writer = writer
        self.counts = counts or Counts()

    def ask(
        self,
        question: str,
        only: Sequence[str] = (),
        earlier: Sequence[Exchange] = (),
        *,
        via: str = "api",
    ) -> Given:
        """Answer a question as `qa ask` does.

        Args:
            question: In plain language.
            only: Names, folders and patterns of the documents to look in; none for all.
            earlier: What was said before, which it may mean.
            via: By which way it came.

        Raises:
            NotThereError: There are no such documents.
            QAError: As `Answerer.ask`.
        """
        with self.counts.failures(via):
            answerer = self._live.current()
            chosen = _chosen(answerer, only)
            began = perf_counter()
            given = reply(answerer, question, earlier, chosen)
            self.counts.answered(via, state_of(given), perf_counter() - began)
            return Given(answerer, given)

    def write(self, given: Given) -> Iterator[Written]:
        """Yield what the writer has written about an answer so far; nothing about none.

        Raises:
            ConflictError: There is no writer.
        """
        writer, answer = self.writer(), given.reply.answer
        return writer.write(given.answerer, answer) if answer else iter(())

    def writer(self) -> Writer:
        """Return what writes.

        Raises:
            ConflictError: There is no writer.
        """
        if self._writer is None:
            raise ConflictError("this server has no writer: start it with --llm and --llm-model")
        return self._writer

    def search(
        self, question: str, only: Sequence[str] = (), k: int = 5, *, via: str = "api"
    ) -> dict[str, Any]:
        """Rank passages for a question without reading them.

        Args:
            question: In plain language.
            only: Names, folders and patterns of the documents to look in; none for all.
            k: How many.
            via: By which way it came.

        Raises:
            NotThereError: There are no such documents.
            QAError: The index cannot be used.
        """
        with self.counts.failures(via):
            answerer = self._live.current()
            found = answerer.search(question, k, only=_chosen(answerer, only))
            title = answerer.index.store.title
            return {
                "generation": answerer.index.generation,
                "passages": [passage_to_json(one, title(one.passage.doc_id)) for one in found],
            }

    def documents(self, after: str = "", limit: int = 1000, within: str = "") -> dict[str, Any]:
        """List documents by id.

        Args:
            after: The id before the first.
            limit: How many at most.
            within: Characters that id or title have, whatever their case; empty for all.

        Raises:
            QAError: The index cannot be used.
        """
        answerer = self._live.current()
        wanted = within.casefold()
        there = [info for info in answerer.documents() if wanted in _said(info)]
        rest = [info for info in there if info.doc_id > after]
        shown = rest[:limit]
        return {
            "generation": answerer.index.generation,
            "total": len(there),
            "documents": [_entry(info) for info in shown],
            "next": shown[-1].doc_id if shown and len(rest) > limit else None,
        }

    def open(self, doc_id: str, start: int, end: int, around: int) -> dict[str, Any]:
        """Open a document at a citation, and say whether its file has changed since it was indexed.

        Args:
            doc_id: Which.
            start: Where the citation begins.
            end: Where it ends.
            around: How many characters before and after it are wanted, too.

        Raises:
            NotThereError: There is no such document, or no such place in it.
            QAError: The index cannot be used.
        """
        answerer = self._live.current()
        view = answerer.open_source(doc_id)
        if view is None:
            raise NotThereError(f"there is no document {doc_id!r}: list them to see what there is")
        text = view.document.text
        if not 0 <= start < end <= len(text):
            raise NotThereError(
                f"{doc_id} has {len(text):,} characters, {start} to {end} is no place in it: take "
                "start and end from a citation or a passage"
            )
        return {
            "doc_id": doc_id,
            "title": view.document.title,
            "page": view.document.page_of(start),
            "heading": _heading(view, start),
            "start": start,
            "end": end,
            "before": text[max(0, start - around) : start],
            "quote": text[start:end],
            "after": text[end : end + around],
            "state": view.state,
        }

    def judge(self, said: Judged) -> int:
        """Keep a verdict on an answer, where the page keeps them.

        Returns:
            The number of the entry.

        Raises:
            ConflictError: The answer does not cite the documents as they are.
            FeedbackError: It cannot be kept.
            QAError: The index cannot be used.
        """
        with self.counts.failures("feedback"):
            if said.state and not makes_test(said.state):
                raise ConflictError(f"“{said.state}” is not quoted: it makes no test")
            answerer = self._live.current()
            citations = tuple(
                Citation(one.doc_id, "", None, one.start, one.end, one.quote)
                for one in said.citations
            )
            for citation in citations:
                _check_quote(answerer, citation)
            if said.answer is not None and not _stands(said.answer, citations):
                raise ConflictError(
                    "the answer does not stand in its citations: send both as given"
                )
            answered = said.answer is not None
            answer = Answer(
                said.question, answered, said.answer, said.confidence, citations, passages=()
            )
            verdict = Verdict(said.verdict)
            number = self._feedback.add(answer, verdict, generation=answerer.index.generation)
            self.counts.judged(verdict.value)
            return number

    def health(self) -> dict[str, Any]:
        """Say whether questions can be answered, and from what."""
        try:
            index = self._live.current().index
        except QAError as error:
            return {**_NOTHING, "version": __version__, "problem": str(error)}
        return {
            "ready": not self._live.problem,
            "version": __version__,
            "generation": index.generation,
            "documents": index.store.n_documents,
            "passages": index.store.n_passages,
            "problem": index.damage or None,
        }

    def metrics(self) -> bytes:
        """Write what was counted in the text format of Prometheus."""
        try:
            return self.counts.collect(self._live.current())
        except QAError:
            return self.counts.collect(None)


_NOTHING = {"ready": False, "generation": None, "documents": 0, "passages": 0}


def _chosen(answerer: Answerer, only: Sequence[str]) -> Collection[str] | None:
    if not only:
        return None
    found = named(answerer.index.store.hashes(), only)
    if not found:
        said = ", ".join(only[:3]) + (", …" if len(only) > 3 else "")
        raise NotThereError(f"no document matches {said}: list them to see what there is")
    return found


def _said(info: DocumentInfo) -> str:
    return f"{info.doc_id}\n{info.title}".casefold()


def _entry(info: DocumentInfo) -> dict[str, Any]:
    return {
        "doc_id": info.doc_id,
        "title": info.title,
        "date": info.date,
        "characters": info.characters,
        "passages": info.passages,
        "pages": info.pages,
        "unread": info.unread,
    }


def _heading(view: SourceView, start: int) -> str:
    """Return the headings above a place, outermost first; empty where there are none."""
    document = view.document
    paths = heading_paths(document.text, view.blocks)
    above = [path for block, path in zip(view.blocks, paths, strict=True) if block.start <= start]
    path = above[-1] if above else ()
    return SEPARATOR.join(path[1:] if path[:1] == (document.title,) else path)


def _stands(answer: str, citations: Sequence[Citation]) -> bool:
    """Whether an answer, or each of several that rows give, stands in a citation."""
    quotes = [citation.quote for citation in citations]
    return any(answer in quote for quote in quotes) or all(
        one.strip() and any(one in quote for quote in quotes) for one in answer.split(SEVERAL)
    )


def _check_quote(answerer: Answerer, citation: Citation) -> None:
    document = answerer.index.store.document(citation.doc_id)
    quote = document.text[citation.start : citation.end] if document else None
    if quote != citation.quote:
        raise ConflictError(
            f"{citation.doc_id} does not have this quote at {citation.start} to {citation.end}: "
            "the documents may have changed since; ask again, and send what is given then"
        )
