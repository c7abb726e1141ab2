"""Define the records that pass between the stages; no behaviour beyond their own fields.

All offsets are character offsets into `Document.text`, half-open: `text[start:end]`.
Scores: higher is better. Ranks start at 1.
"""

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

Kind = Literal["heading", "item", "paragraph", "row"]
State = Literal["unchanged", "changed", "missing", "outdated"]
Outcome = Literal["answer", "parts", "differ", "computed", "possible", "unclear", "none"]
Operation = Literal["sum", "average", "count", "difference"]


QUOTED_MAIL = "Quoted: earlier mail"
"""How the heading above an older message begins that a mail quotes."""


class Span(NamedTuple):
    """A half-open range of characters of a document's text."""

    start: int
    end: int

    def shift(self, by: int) -> "Span":
        """Move both ends."""
        return Span(self.start + by, self.end + by)


class Block(NamedTuple):
    """A structural piece of a document.

    Attributes:
        start: First character, not white space.
        end: One past the last character that is not white space.
        content: Where the block's words begin: after a list marker or heading marks.
        kind: What it is.
        level: Depth of a heading, 1 for the top; 0 for other blocks.
    """

    start: int
    end: int
    content: int
    kind: Kind
    level: int


@dataclass(frozen=True, slots=True)
class Document:
    """One source file's text.

    Attributes:
        doc_id: Path of the file relative to the corpus folder, with forward slashes.
        title: What a person would call the document.
        text: What all offsets count in. A text file's is the decoded file, character for
            character, without a byte-order mark; other formats' is what was read from them.
        sha256: Hash of the file's bytes, in hex.
        pages: Where each page or slide starts, the first at 0; empty for formats without.
        date: When the file says it was written, ISO 8601, as far as it says; else empty.
        scanned: Numbers of the pages whose text was read in a picture by OCR, from 1.
        unread: Numbers of the pages that seem to hold text that was not read: pictures where
            there is no OCR, and damaged pages.
    """

    doc_id: str
    title: str
    text: str
    sha256: str
    pages: tuple[int, ...] = ()
    date: str = ""
    scanned: tuple[int, ...] = ()
    unread: tuple[int, ...] = ()

    def page_of(self, offset: int) -> int | None:
        """Number the page an offset is on, from 1; None for formats without pages."""
        return bisect_right(self.pages, offset) if self.pages else None


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document with its structure.

    Attributes:
        document: Its text.
        blocks: Its structure, in order; together they cover all that is not white space.
        layout: What the page image needs to find the cited words; private to the format.
    """

    document: Document
    blocks: tuple[Block, ...]
    layout: str = ""


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file of the corpus folder that was not indexed, and why."""

    doc_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefusedFile(SkippedFile):
    """A file that a parser cannot read, and could not if it were given it again.

    Attributes:
        sha256: Hash of its bytes, in hex.
    """

    sha256: str


@dataclass(frozen=True, slots=True)
class Passage:
    """An exact slice of a document: the unit of retrieval.

    Attributes:
        passage_id: Derived from `doc_id` and the passage's text; the same in every build.
        doc_id: The document it is a slice of.
        start: First character of the slice.
        end: One past its last character.
        text: `document.text[start:end]`.
        context: The document's title, the headings above and what introduces the list, given
            to the encoder in front of the text; not in the slice.
        sentences: Spans inside `start:end`, in order, without list markers and, where there
            is anything else, without headings; what is cited.
    """

    passage_id: str
    doc_id: str
    start: int
    end: int
    text: str
    context: str
    sentences: tuple[Span, ...]

    def slice(self, span: Span) -> str:
        """Return the text at document offsets that lie inside the passage."""
        start, end = span.shift(-self.start)
        return self.text[start:end]

    def of_row(self, row: Span, text: str) -> "Passage":
        """Return a row alone, in or out of the passage; `text` is the document's."""
        return replace(self, start=row.start, end=row.end, text=text[slice(*row)], sentences=(row,))

    def holds(self, citation: "Citation") -> bool:
        """Whether a citation's quote begins in it."""
        return self.doc_id == citation.doc_id and self.start <= citation.start < self.end


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """A passage as an answer to a query.

    Attributes:
        row: Position of the passage in the index.
        passage: The passage.
        rank: 1 for the best.
        score: Fused score in [0, 1].
        dense: Cosine between query and passage.
        lexical: BM25.
        best: The sentence nearest to the question, once it has been looked for.
        marks: The question's words in that sentence, in order, disjoint.
    """

    row: int
    passage: Passage
    rank: int
    score: float
    dense: float
    lexical: float
    best: Span | None = None
    marks: tuple[Span, ...] = ()


SEVERAL = "; "
"""Stands between what each of several rows or lines answers."""


class RowAnswer(NamedTuple):
    """A row of a table, or a line of a list, and the words in it that answer, in offsets."""

    row: Span
    answer: Span


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in one passage.

    Attributes:
        passage: Where.
        sentence: What to cite: a sentence, or several that answer together.
        answer: The answer, inside `sentence`.
        confidence: Probability in [0, 1] that `sentence` answers the question.
        highlights: Words of `sentence` worth a reader's eye, in order, disjoint.
        unmentioned: Names in the question that no document mentions, as typed.
        coverage: Share of the question's words that the sentence or its headings have.
        listed: Two or more where each of several rows or lines answers, `sentence` among them.
    """

    passage: Passage
    sentence: Span
    answer: Span
    confidence: float
    highlights: tuple[Span, ...] = ()
    unmentioned: tuple[str, ...] = ()
    coverage: float = 0.0
    listed: tuple[RowAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A cited row as it stands in its table, with the rows next to it.

    Attributes:
        header: What the columns are called.
        rows: One to three rows, each with as many cells as the header; "" is an empty one.
        cited: Number of the cited row among them, from 0.
        cell: Number of the cell that answers, from 0; None if the whole row does.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cited: int
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and where it stands; made only by `cite`, which checks it.

    `page` is 1-based, or None for formats without pages; of a presentation it is the
    slide. `heading` is the path of headings above the quote, outermost first, or empty.
    `highlights` are document offsets inside `start:end`. `state` says whether the file
    is still as it was indexed; it is `outdated` where a conversation is older than the index
    and the quote no longer stands in the document. `scanned`: the page's text was read in a
    picture by OCR.
    `table`: the quote as a row of a table, if it is one. `trusted`: the document is not among
    those that are marked as untrusted.
    """

    doc_id: str
    title: str
    page: int | None
    start: int
    end: int
    quote: str
    highlights: tuple[Span, ...] = ()
    heading: str = ""
    state: State = "unchanged"
    scanned: bool = False
    table: Table | None = None
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class Version:
    """One of several answers that differ.

    Attributes:
        answer: Text contained in the citation's quote.
        date: Of the document or section it stands in, as a person writes it; or its version; or
            empty.
        citation: Where it stands.
    """

    answer: str
    date: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Choice:
    """A document that a question may mean."""

    doc_id: str
    title: str


class Term(NamedTuple):
    """One of the figures that a result was computed of.

    Attributes:
        name: Of its row.
        value: As it stands in the document.
        span: Where, in the document's offsets.
    """

    name: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Computation:
    """What no document says, but rows of one table come to.

    Attributes:
        operation: Which.
        value: The result with its unit, written as the table writes its figures; "about …" where
            it is rounded.
        column: What the table calls that which was computed.
        terms: What went in, in the table's order.
        citation: The rows from the first to the last that went in; what went in is highlighted.
    """

    operation: Operation
    value: str
    column: str
    terms: tuple[Term, ...]
    citation: Citation


@dataclass(frozen=True, slots=True)
class Misspelling:
    """A word of a question that no document has, and the word that it was read as."""

    typed: str
    read: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back for a question.

    Attributes:
        question: As asked.
        answered: False when the program abstains.
        answer: Text contained in the first citation's quote, or None; of several rows see `listed`.
        confidence: Probability in [0, 1] that the best sentence answers the question,
            given also when it was too low to answer.
        citations: The first holds the answer; empty when not answered.
        passages: The retrieved passages, best first.
        unmentioned: Names in the question that no document mentions, as typed.
        titles: Title of each document in `passages`, by `doc_id`.
        timings_ms: Milliseconds by stage, and `total`.
        id: Carried over from a batch, or None.
        possible: What may answer where nothing is sure enough to be the answer, or None.
        n_documents: How many documents were asked.
        versions: Two or more where documents say different things, the newest first; `answer`
            is the first one's, and `citations` are theirs.
        read_as: Words of the question that were read as others, which the documents have.
        suggestion: The question with names as the documents write them, where it has one that
            none mentions; empty otherwise.
        language: Of the question, where that is not English and the encoder is; else empty.
        choices: Two or more where several documents would answer, each of another thing.
        listed: Two or more where each of several rows of a table, or lines of a list, answers: what
            each says, in order; `answer` is all of it, `citations` are theirs, each row's once.
        computed: What a table's rows come to, where that was asked and no document says it.
        parts: The answers to what a question asks of several things, each with its own question;
            then `answer` is the first that was found, and `citations` are all of theirs. Or the
            steps to an answer; then it is the last one's, and its citations come first.
    """

    question: str
    answered: bool
    answer: str | None
    confidence: float
    citations: tuple[Citation, ...]
    passages: tuple[RetrievedPassage, ...]
    unmentioned: tuple[str, ...] = ()
    titles: dict[str, str] = field(default_factory=dict)
    timings_ms: dict[str, float] = field(default_factory=dict)
    id: str | int | None = None
    possible: Citation | None = None
    n_documents: int = 0
    versions: tuple[Version, ...] = ()
    choices: tuple[Choice, ...] = ()
    read_as: tuple[Misspelling, ...] = ()
    suggestion: str = ""
    language: str = ""
    listed: tuple[str, ...] = ()
    computed: Computation | None = None
    parts: "tuple[Answer, ...]" = ()

    @property
    def state(self) -> Outcome:
        """Say which: an answer, several, a result, a possible answer, a question back, or none."""
        if self.parts:
            return "parts"
        if self.answered:
            return "differ" if self.versions else "answer"
        if self.computed is not None:
            return "computed"
        if self.choices:
            return "unclear"
        return "possible" if self.possible is not None else "none"
