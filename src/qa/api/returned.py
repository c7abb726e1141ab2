"""Describe what programs get, for those who write them.

The answer object is that of the command line (docs/CONTRACT.md); it is sent as it is made there.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from qa.schema import Operation, Outcome

State = Literal[Outcome, "talk", "more", "overview"]


class _Got(BaseModel):
    """What a program gets: exactly these fields."""

    model_config = ConfigDict(extra="forbid")


class Table(_Got):
    """A cited row of a table, with those next to it."""

    header: list[str]
    rows: list[list[str]]
    cited: int
    cell: int | None


class Citation(_Got):
    """A quote and where it stands; `quote` is the document's text from `start` to `end`."""

    doc_id: str
    title: str
    page: int | None
    start: int
    end: int
    quote: str
    heading: str
    state: Literal["unchanged", "changed", "missing", "outdated"]
    scanned: bool
    table: Table | None
    trusted: bool


class Term(_Got):
    """A cell of a table that went into a result."""

    name: str
    value: str
    start: int
    end: int


class Computed(_Got):
    """What no document says, but the rows of one table come to."""

    operation: Operation
    value: str
    column: str
    terms: list[Term]
    citation: Citation


class Version(_Got):
    """What one of several documents that differ says."""

    answer: str
    date: str
    doc_id: str


class Choice(_Got):
    """A document that a question may mean."""

    doc_id: str
    title: str


class ReadAs(_Got):
    """A word that no document has, and the one it was read as."""

    typed: str
    read: str


class Passage(_Got):
    """A slice of a document that is near to the question; related, not an answer."""

    rank: int
    doc_id: str
    title: str
    start: int
    end: int
    text: str
    best: tuple[int, int] | None
    score: float


class Fact(_Got):
    """A figure, date or name, with a sentence it stands in."""

    text: str
    citation: Citation


class Overview(_Got):
    """What a document is about, in its own sentences."""

    doc_ids: list[str]
    title: str | None
    characters: int
    pages: int
    date: str | None
    headings: list[Citation]
    sentences: list[Citation]
    figures: list[Fact]
    dates: list[Fact]
    names: list[Fact]


class Sentence(_Got):
    """A sentence of a writer: either cited, or struck and why."""

    text: str
    struck: str | None
    citations: list[Citation]


class Written(_Got):
    """What a writer made of the passages."""

    model: str
    sent_to: str
    stands: bool
    sentences: list[Sentence]
    seconds: float
    error: str | None


class Part(_Got):
    """The answer to one of several things that were asked."""

    question: str
    answered: bool
    state: Outcome
    answer: str | None
    confidence: float
    citations: list[Citation]
    listed: list[str]
    versions: list[Version]
    computed: Computed | None
    choices: list[Choice]
    suggestion: str | None
    possible: Citation | None


class Answer(_Got):
    """The answer object of the contract."""

    id: str | int | None
    question: str
    answered: bool = Field(description="False: the documents give no sure answer; do not guess.")
    state: State
    answer: str | None
    confidence: float
    citations: list[Citation]
    listed: list[str] = Field(description="What each of several rows answers; else empty.")
    versions: list[Version]
    parts: list[Part]
    computed: Computed | None
    choices: list[Choice]
    read_as: list[ReadAs]
    language: str | None
    suggestion: str | None
    possible: Citation | None
    passages: list[Passage]
    timings_ms: dict[str, float]
    understood: str | None
    said: str | None
    more: list[Citation]
    overview: Overview | None
    written: Written | None = Field(None, description="Only there where `write` was asked for.")


class Found(_Got):
    """The passages nearest to a question, the best first."""

    generation: str
    passages: list[Passage]


class DocumentEntry(_Got):
    """A document."""

    doc_id: str
    title: str
    date: str
    characters: int
    passages: int
    pages: int
    unread: int = Field(description="Pages that seem to hold text that could not be read.")


class Documents(_Got):
    """Documents by id; `next` is the `after` of those that follow, null for none."""

    generation: str
    total: int
    documents: list[DocumentEntry]
    next: str | None


class Source(_Got):
    """The text of a document around a span."""

    doc_id: str
    title: str
    page: int | None
    heading: str
    start: int
    end: int
    before: str
    quote: str
    after: str
    state: Literal["unchanged", "changed", "missing"] = Field(
        description="The document's file since it was indexed."
    )


class Kept(_Got):
    """The number under which a verdict was kept; `qa feedback` lists them."""

    id: int


class Health(_Got):
    """Whether questions can be answered, and from what."""

    ready: bool
    version: str
    generation: str | None
    documents: int
    passages: int
    problem: str | None = Field(description="What is wrong and what to do, or null.")


class Problem(BaseModel):
    """What is wrong, and what to do."""

    error: str
    detail: str | None = Field(None, description="The same, of requests that are not let in.")
