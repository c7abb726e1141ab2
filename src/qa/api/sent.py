"""Describe what programs send: it is checked, and the description says what is expected."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from qa.answer.pipeline import MAX_QUESTION_CHARACTERS
from qa.api import examples
from qa.api.returned import State

# Something that is neither white space nor a control character.
_TYPED = r"[^\s\u0000-\u001f\u007f-\u009f]"
_MOST_CHARACTERS = 1_000_000_000

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
