"""Write prose about passages, sentence by sentence, each checked before anybody sees it.

    messages → the user's model → sentences → checked against the passages → cited

Whether there is an answer is not decided here: the calibrated reader does that before.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from qa.answer.pipeline import Answerer
from qa.errors import WriterError
from qa.index.passages.sentences import sentence_spans
from qa.schema import Answer, Citation, Passage, RetrievedPassage
from qa.write.client import ChatClient, ContextTooLongError
from qa.write.prompt import MARK, messages
from qa.write.verify import Support, Verifier

_MOST_SENTENCES = 8
_NO_ANSWER = re.compile(r"^\W*no answer\b", re.IGNORECASE)
# A mark behind a full stop belongs to the sentence before it.
_MARK_AHEAD = re.compile(r"\s*\[\d+\]")
_LIST_MARK = re.compile(rf"^\s*(?:[-*•]|\d+[.)])\s+|[*_`#]+|{MARK.pattern}")
_NEXT_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence of a writer.

    Attributes:
        text: What it wrote, without its own marks.
        citations: What supports it, checked; empty if it is struck.
        reason: Why it is struck; empty if it stands.
    """

    text: str
    citations: tuple[Citation, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer made of an answer's passages.

    Attributes:
        model: The writer's name.
        place: Host and port the passages were sent to.
        sentences: In order, struck ones too.
        seconds: From the question to the last sentence.
        done: Whether more is to come.
        error: What went wrong, in words; what was written before stands.
    """

    model: str
    place: str
    sentences: tuple[WrittenSentence, ...] = ()
    seconds: float = 0.0
    done: bool = False
    error: str = ""

    def with_citations(self, make: Callable[[Citation], Citation]) -> "Written":
        """Return the same with what is made of each citation."""
        return replace(
            self,
            sentences=tuple(
                replace(sentence, citations=tuple(map(make, sentence.citations)))
                for sentence in self.sentences
            ),
        )

    @property
    def stands(self) -> bool:
        """Whether anything is left; else the answer in the documents' own words is the answer."""
        return any(sentence.citations for sentence in self.sentences)


class Writer:
    """Writes about answers with a model of the user's. Safe to use from several threads."""

    def __init__(self, client: ChatClient, model: str) -> None:
        """Prepare; nothing is sent yet.

        Args:
            client: Reaches the model.
            model: Its name, for people.
        """
        self._client = client
        self._model = model

    def write(self, answerer: Answerer, answer: Answer) -> Iterator[Written]:
        """Yield what is written so far, each time with a sentence more; the last is `done`.

        An answer that abstains is left as it is: nothing is sent. Closing the iterator stops
        the model.

        Args:
            answerer: Where the passages are from.
            answer: What the reader said.
        """
        if not answer.answered:
            return
        began = time.monotonic()
        written = Written(self._model, self._client.place)
        verifier = Verifier(answerer.open_models[1], answerer.index.store.rarity)
        passages = [found.passage for found in _read(answerer, answer)]
        try:
            for support in self._supports(verifier, answer.question, passages):
                citations = tuple(answerer.cite(reading) for reading in support.readings)
                sentence = WrittenSentence(support.text, citations, support.reason)
                written = replace(written, sentences=(*written.sentences, sentence))
                yield replace(written, seconds=time.monotonic() - began)
        except WriterError as error:
            written = replace(written, error=str(error))
        yield replace(written, seconds=time.monotonic() - began, done=True)

    def _supports(
        self, verifier: Verifier, question: str, passages: Sequence[Passage]
    ) -> Iterator[Support]:
        """Check what the model writes; where its context is too short, give it less."""
        if not verifier.works:
            raise WriterError(
                "the reader of this index cannot check what is written: use the packaged one"
            )
        for count in range(len(passages), 0, -1):
            given = passages[:count]
            try:
                for number, sentence in enumerate(
                    sentences(self._client.stream(messages(question, given)))
                ):
                    if number == _MOST_SENTENCES or _NO_ANSWER.match(sentence):
                        return
                    yield verifier.check(sentence, given)
                return
            except ContextTooLongError as error:
                if count == 1:
                    raise WriterError(
                        f"the writer's context is too short for one passage ({error}); "
                        "give it a longer one"
                    ) from error


def sentences(pieces: Iterator[str]) -> Iterator[str]:
    """Yield sentences as soon as they are complete: when the next has begun."""
    text = ""
    for piece in pieces:
        text += piece
        while (end := _first_end(text)) is not None:
            if said := _plain(text[:end]):
                yield said
            text = text[end:]
    for span in sentence_spans(text):
        if said := _plain(text[span.start : span.end]):
            yield said


def _first_end(text: str) -> int | None:
    """Where the first sentence ends, its marks included; None while that is open.

    A few words of the next have to be there: "U." may yet become "U.S.-supported".
    """
    line, newline, _ = text.partition("\n")
    for span in sentence_spans(line)[:-1]:
        end = span.end
        while mark := _MARK_AHEAD.match(line, end):
            end = mark.end()
        rest = line[end:]
        if rest[:1].isspace() and len(rest.strip()) >= _NEXT_CHARACTERS:
            return end
    return len(line) + 1 if newline else None


def _plain(text: str) -> str:
    """Leave out marks of lists and of Markdown, which is not shown as such."""
    return _LIST_MARK.sub("", text).strip()


def _read(answerer: Answerer, answer: Answer) -> Sequence[RetrievedPassage]:
    """As many of the best passages as a reader reads, the one with the answer first."""
    first = answer.citations[0]
    passages = sorted(answer.passages, key=lambda found: not found.passage.holds(first))
    return passages[: answerer.settings.read_passages]
