"""Describe what programs send and get, for checking the one and documenting the other.

The answer object is that of the command line (docs/CONTRACT.md); it is sent as it is made there.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from qa.answer.pipeline import MAX_QUESTION_CHARACTERS
from qa.api import examples
from qa.schema import Operation, Outcome

# Something that is neither white space nor a control character.
_TYPED = r"[^\s\u0000-\u001f\u007f-\u009f]"
_MOST_CHARACTERS = 1_000_000_000

State = Literal[Outcome, "talk", "more", "overview"]

QuestionText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_QUESTION_CHARACTERS,
        pattern=_TYPED,
        description="In plain language, whole: nothing is known of earlier questions.",
    ),
]
Only = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=2_000)]],
    Field(
        max_length=1_000,
        description="Look only in documents of this name, in this folder, or whose path fits a "
        "pattern such as `reports/*.pdf`. Empty: in all.",
    ),
]
DocId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=4_000,
        description="Path of the document's file below the corpus folder.",
    ),
]


def _whole(number: object) -> object:
    """Take 5.0 for 5, as JSON does."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


Offset = Annotated[
    int,
    Field(ge=0, le=_MOST_CHARACTERS, description="In characters of the text as indexed."),
    BeforeValidator(_whole),
]


class _Sent(BaseModel):
    """What a program sends: a misspelt field is told, not passed over."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Ask(_Sent):
    """A question."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.QUESTION]})

    question: QuestionText
    only: Only = []
    write: bool = Field(
        False,
        description="Have the writer that the server was started with write prose about an answer, "
        "each sentence checked; it takes seconds.",
    )
    stream: bool = Field(
        False, description="Send server-sent events: the answer, then each sentence as written."
    )


class Search(_Sent):
    """What passages are looked for."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SEARCH]})

    question: QuestionText
    only: Only = []
    k: Annotated[
        int, Field(ge=1, le=100, description="How many passages."), BeforeValidator(_whole)
    ] = 5


class Place(_Sent):
    """A span of a document, as a citation names it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PLACE]})

    doc_id: DocId
    start: Offset
    end: Offset
    around: Annotated[
        int,
        Field(
            ge=0, le=20_000, description="How many characters before and after it are sent, too."
        ),
        BeforeValidator(_whole),
    ] = 600


class Cited(BaseModel):
    """A citation as it was given; fields that are not read may be left in."""

    model_config = ConfigDict(strict=True)

    doc_id: DocId
    start: Offset
    end: Offset
    quote: str = Field(min_length=1, max_length=100_000)


class Judged(BaseModel):
    """An answer object as it was given, with a `verdict` put into it.

    Fields that are not read may be left in.
    """

    model_config = ConfigDict(strict=True, json_schema_extra={"examples": [examples.JUDGED]})

    question: QuestionText
    verdict: Literal["up", "down", "wrong_citation"] = Field(
        description="`up`: right. `down`: wrong. `wrong_citation`: right, but the quote does not "
        "show it."
    )
    answer: str | None = Field(None, max_length=100_000)
    confidence: float = Field(0.0, ge=0, le=1)
    state: State | None = None
    citations: list[Cited] = Field([], max_length=100)


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


class Answer(_Got):
    """The answer object of the contract."""

    id: str | int | None
    question: str
    answered: bool = Field(description="False: the documents give no sure answer; do not guess.")
    state: State
    answer: str | None
    confidence: float
    citations: list[Citation]
    versions: list[Version]
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
