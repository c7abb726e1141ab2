"""Describe what programs send: it is checked, and the description says what is expected."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from qa.answer.checked import MAX_QUESTION_CHARACTERS
from qa.api import examples
from qa.api.returned import State
from qa.converse.exchange import Exchange, exchange_of_cited, exchange_of_document

# Something that is neither white space nor a control character.
_TYPED = r"[^\s\u0000-\u001f\u007f-\u009f]"
_MOST_CHARACTERS = 1_000_000_000

QuestionText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_QUESTION_CHARACTERS,
        pattern=_TYPED,
        description="In plain language; whole, unless `earlier` says what was said before.",
    ),
]
Only = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=2_000)]],
    Field(
        max_length=200,
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


class EarlierPlace(BaseModel):
    """A document that an earlier answer showed, with what was cited of it."""

    model_config = ConfigDict(strict=True)

    doc_id: DocId
    title: str = ""
    heading: str = ""
    quote: str = ""


class EarlierCited(BaseModel):
    """What cites one place."""

    model_config = ConfigDict(strict=True)

    citation: EarlierPlace


class EarlierOverview(BaseModel):
    """An overview, by the documents it was of."""

    model_config = ConfigDict(strict=True)

    doc_ids: list[DocId]
    title: str | None = None


class Earlier(BaseModel):
    """An answer object as it was given; fields that are not read may be left in."""

    model_config = ConfigDict(strict=True)

    question: QuestionText
    understood: str | None = Field(None, max_length=2 * MAX_QUESTION_CHARACTERS)
    answer: str | None = None
    citations: list[EarlierPlace] = Field([], max_length=200)
    possible: EarlierPlace | None = None
    computed: EarlierCited | None = None
    overview: EarlierOverview | None = None
    said: str | None = None
    choices: list[EarlierPlace] = Field([], max_length=200)
    passages: list[EarlierPlace] = Field([], max_length=200)

    def exchange(self) -> Exchange | None:
        """Return what a question after it may mean; None of small talk and of several documents."""
        if self.said is not None:
            return None
        if self.overview is not None:
            if len(self.overview.doc_ids) != 1:
                return None
            return exchange_of_document(self.overview.doc_ids[0], self.overview.title or "")
        cited = self.citations[0] if self.citations else self.possible
        cited = self.computed.citation if self.computed else cited
        shown = [place.doc_id for place in (*self.choices, *self.citations, *self.passages)]
        return exchange_of_cited(self.understood or self.question, self.answer, cited, shown)


class Ask(_Sent):
    """A question."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.QUESTION]})

    question: QuestionText
    only: Only = []
    earlier: list[Earlier] = Field(
        [],
        max_length=20,
        description="The answers before it in a conversation, as they were given, the last one "
        "last: then “and in 2017?” is understood, and `understood` says how.",
    )
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
