"""Say what a document is, in its own words: headings, key sentences, figures, dates, names.

There is no model that writes: key sentences are those nearest to what all say, each as far as
possible from those before it (maximal marginal relevance, Carbonell and Goldstein 1998), over the
sentence vectors of the index. Every line is a citation. Of a long document a sample is looked at,
so that the work has a bound.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from qa.answer.cite import cite
from qa.answer.pipeline import Answerer
from qa.answer.sources import SourceView
from qa.converse.phrases import names, times
from qa.index.stores.stored import StoredPassage
from qa.models.encoder import Vectors
from qa.months import MONTH
from qa.schema import Citation, Passage, Reading, Span
from qa.words import FUNCTION_WORDS, squeezed, words

MOST_PASSAGES = 400
"""No more passages of a document are looked at."""
MOST_DOCUMENTS = 10
"""Of no more documents a key sentence is shown."""
_KEY_SENTENCES = 5
_HEADINGS = 12
_FACTS = 6
_LEAST_WORDS, _MOST_CHARACTERS = 8, 400  # of a key sentence
_DIVERSITY = 0.35  # weight of being unlike the sentences chosen before
_OPENING = 0.05  # worth of being the first of its passage
_TRIED = 60  # of the most central half of the sentences
_LEAST_TRIED = 12
_A_SENTENCE = 2  # figures
# What such a sentence is about stands in the one before.
_LEANS = re.compile(
    r"(?:they|it|he|she|this|that|these|those|his|her|its|their|there|here|both|such|also|"
    r"then|so|but|and|or|in addition|additionally|however|moreover|furthermore|therefore|thus)\b",
    re.IGNORECASE,
)
_ENDS = (".", "!", "?", "”", '"', ")", "。")
_SMALL = r"(?:and|or|in|of|the|to|was|were|is|are|from|on|at|by|with|for|that|which|who|as|an?|per)"
_UNIT = rf"(?:\s(?!{_SMALL}\b)[^\W\d_][\w-]+)"
_FIGURE = re.compile(
    r"(?<![\w.,/:-])(?:[$€£¥]\s?\d[\d.,]*(?:\s(?:[mb]illion|thousand))?|"
    rf"\d[\d.,]*(?:\s?%|\s(?:percent|per cent|[mb]illion)\b){_UNIT}{{0,2}}|"
    rf"\d[\d.,]*{_UNIT}{{1,2}})(?:\sof{_UNIT}{{1,2}})?"
)
_MONTH = re.compile(MONTH)
_TWO_NAMES = re.compile(r"(\w+ \w+) and (\w+ \w+)")
_YEAR = re.compile(r"(?:1[0-9]|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure, date or name, and a sentence that it stands in."""

    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Overview:
    """What a document is; of several, what each says first.

    Attributes:
        doc_ids: The documents.
        title: Of one document; empty for several.
        characters: How long they are.
        pages: How many; 0 for formats without.
        date: When the file says it was written; else empty.
        headings: The upper ones, in order.
        sentences: Key sentences, in the order of the text; of several documents one each.
        figures: With what they count; in the order of how central their sentences are.
        dates: The most frequent first.
        names: The most frequent first.
    """

    doc_ids: tuple[str, ...]
    title: str
    characters: int
    pages: int
    date: str
    headings: tuple[Citation, ...] = ()
    sentences: tuple[Citation, ...] = ()
    figures: tuple[Fact, ...] = ()
    dates: tuple[Fact, ...] = ()
    names: tuple[Fact, ...] = ()

    def with_citations(self, change: Callable[[Citation], Citation]) -> "Overview":
        """Return it with every citation changed."""

        def facts(found: tuple[Fact, ...]) -> tuple[Fact, ...]:
            return tuple(Fact(fact.text, change(fact.citation)) for fact in found)

        return replace(
            self,
            headings=tuple(map(change, self.headings)),
            sentences=tuple(map(change, self.sentences)),
            figures=facts(self.figures),
            dates=facts(self.dates),
            names=facts(self.names),
        )


class _Sentence:
    """A sentence of a document and its vector, shape (dim,)."""

    __slots__ = ("passage", "span", "text", "vector")

    def __init__(self, passage: Passage, span: Span, vector: Vectors) -> None:
        self.passage, self.span, self.vector = passage, span, vector
        self.text = squeezed(passage.slice(span))


def overview(answerer: Answerer, doc_ids: Sequence[str]) -> Overview | None:
    """Say what documents are; None if none of them is there.

    Raises:
        CitationError: The index contradicts itself.
        IndexDamagedError: It cannot be read.
    """
    if len(doc_ids) == 1:
        return _of_one(answerer, doc_ids[0])
    known = [info for info in answerer.documents() if info.doc_id in set(doc_ids)]
    if not known:
        return None
    each = [_of_one(answerer, info.doc_id, _KEY_SENTENCES) for info in known[:MOST_DOCUMENTS]]
    return Overview(
        doc_ids=tuple(info.doc_id for info in known),
        title="",
        characters=sum(info.characters for info in known),
        pages=sum(info.pages for info in known),
        date="",
        sentences=tuple(one.sentences[0] for one in each if one and one.sentences),
    )


def _of_one(answerer: Answerer, doc_id: str, count: int = _KEY_SENTENCES) -> Overview | None:
    view = answerer.open_source(doc_id)
    if view is None:
        return None
    passages = _sample(answerer.index.store.passages_of(doc_id))
    sentences = _sentences(answerer, passages)
    central = _by_centrality(sentences)
    document = view.document

    def facts(found: Callable[[_Sentence], Iterable[str]], order: Sequence[_Sentence]) -> Facts:
        return _facts(found, order, lambda sentence: _cited(view, sentence.passage, sentence.span))

    return Overview(
        doc_ids=(doc_id,),
        title=document.title,
        characters=len(document.text),
        pages=len(document.pages),
        date=document.date,
        headings=tuple(_headings(view, [entry.passage for entry in passages])),
        sentences=tuple(
            _cited(view, sentence.passage, sentence.span)
            for sentence in key_sentences(central, count)
        ),
        figures=facts(_figures, central),
        dates=facts(_dates, sentences),
        names=facts(_names_in(sentences), sentences),
    )


Facts = tuple[Fact, ...]


def _sample(passages: Sequence[StoredPassage]) -> Sequence[StoredPassage]:
    step = -(-len(passages) // MOST_PASSAGES)
    return passages[:: max(1, step)]


def _sentences(answerer: Answerer, passages: Sequence[StoredPassage]) -> list[_Sentence]:
    found = []
    for row, passage in passages:
        vectors = answerer.index.sentence_vectors(row)
        found += [
            _Sentence(passage, span, vector)
            for span, vector in zip(passage.sentences, vectors, strict=True)
        ]
    return found


def _by_centrality(sentences: Sequence[_Sentence]) -> list[_Sentence]:
    """Order sentences by how near they are to the mean of all; equal ones as in the text."""
    if not sentences:
        return []
    vectors = np.stack([sentence.vector for sentence in sentences])
    central = vectors @ vectors.mean(axis=0)
    return [sentences[number] for number in np.argsort(-central, kind="stable")]


def key_sentences(central: Sequence[_Sentence], count: int) -> list[_Sentence]:
    """Choose sentences that say most of what all say, and not the same twice.

    Args:
        central: The most central first.
        count: How many, at most.

    Returns:
        In the order of the text.
    """
    if not central:
        return []
    mean: Vectors = np.mean([sentence.vector for sentence in central], axis=0)
    half = central[: max(_LEAST_TRIED, len(central) // 2)]
    left = list(islice((s for s in half if _is_telling(s.text)), _TRIED))
    chosen: list[_Sentence] = []
    while left and len(chosen) < count:

        def worth(sentence: _Sentence) -> float:
            like = max((float(sentence.vector @ other.vector) for other in chosen), default=0.0)
            opens = _OPENING * (sentence.span == sentence.passage.sentences[0])
            return float(sentence.vector @ mean) - _DIVERSITY * like + opens

        best = max(left, key=worth)
        chosen.append(best)
        said = best.text.casefold()
        left = [sentence for sentence in left if sentence.text.casefold() != said]
    return sorted(chosen, key=lambda sentence: sentence.span)


def _is_telling(text: str) -> bool:
    """Whether a sentence says something by itself: no label, no row, no cut end."""
    whole = text.endswith(_ENDS) and " | " not in text and not _LEANS.match(text)
    return whole and len(words(text)) >= _LEAST_WORDS and len(text) <= _MOST_CHARACTERS


def _headings(view: SourceView, passages: Sequence[Passage]) -> Iterator[Citation]:
    """Cite the upper headings: of the highest levels that fit, in order."""
    blocks = [block for block in view.blocks if block.kind == "heading"]
    text = view.document.text
    blocks = [b for b in blocks if squeezed(text[b.content : b.end]) != view.document.title]
    for level in sorted({block.level for block in blocks}, reverse=True):
        if len(blocks) > _HEADINGS:
            upper = [block for block in blocks if block.level < level]
            blocks = upper or blocks
    for block in blocks[:_HEADINGS]:
        span = Span(block.content, block.end)
        holds = (p for p in passages if p.start <= span.start and span.end <= p.end)
        if passage := next(holds, None):
            yield _cited(view, passage, span)


def _facts(
    found: Callable[[_Sentence], Iterable[str]],
    order: Sequence[_Sentence],
    cited: Callable[[_Sentence], Citation],
) -> Facts:
    """Collect what is found in sentences: the most frequent first, of equals the first found."""
    counts: Counter[str] = Counter()
    where: dict[str, _Sentence] = {}
    said: dict[str, str] = {}
    for sentence in order:
        for text in found(sentence):
            key = text.casefold()
            counts[key] += 1
            where.setdefault(key, sentence)
            said.setdefault(key, text)
    return tuple(Fact(said[key], cited(where[key])) for key, _ in counts.most_common(_FACTS))


def _figures(sentence: _Sentence) -> Iterator[str]:
    found = 0
    for match in _FIGURE.finditer(sentence.text):
        said = match.group().rstrip(",.")
        before = sentence.text[: match.start()].split()[-1:]
        in_name = any(w[0].isupper() and w.lower() not in FUNCTION_WORDS for w in before)
        plain = not _YEAR.match(said) and not _MONTH.fullmatch(said.split()[-1]) and not in_name
        if plain and found < _A_SENTENCE and " | " not in sentence.text:
            found += 1
            yield said


def _dates(sentence: _Sentence) -> Iterator[str]:
    for phrase in times(sentence.text):
        said = phrase.text
        if phrase.preposition:
            said = said.partition(" ")[2]
        if re.search(r"\d{4}", said):
            yield said.removeprefix("the ")


def _names_in(sentences: Sequence[_Sentence]) -> Callable[[_Sentence], Iterator[str]]:
    """Find names as a document's sentences write them, without words that are only first."""
    inside = {word for s in sentences for word in re.findall(r"(?<=[a-z,] )[A-Z][\w-]+", s.text)}

    def found(sentence: _Sentence) -> Iterator[str]:
        for phrase in names(sentence.text):
            said = re.sub(r"[’']s?$", "", phrase.text)
            only_first = phrase.start == 0 and said.split()[0] not in inside
            if len(said) > 2 and not only_first and not (said.isupper() and " " in said):
                two = _TWO_NAMES.fullmatch(said)
                yield from two.groups() if two else (said,)

    return found


def _cited(view: SourceView, passage: Passage, span: Span) -> Citation:
    reading = Reading(passage, span, span, confidence=1.0)
    return cite(reading, view.document, view.state)
