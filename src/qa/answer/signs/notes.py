"""Read notes and their marks: “6,410¹ patients” are 6,410, and note 1 speaks of them.

A raised figure is a note's mark or a power, which no format says; so it is told by what it stands
behind and beside. What may be either stays as it is.
"""

import re
from collections.abc import Callable

from qa.schema import Passage, Span

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_DIGITS = str.maketrans(_RAISED, "0123456789")
_TO_RAISED = str.maketrans("0123456789", _RAISED)
# Behind a figure, a sentence's end, or a word that is longer than most units: not m², Chi².
# Each begins where no other goes on, and gives nothing back: a hostile text has words without end.
_MARK = re.compile(
    r"(?:(?P<figure>(?<![\w.,])\d[\d.,]*+)|(?P<word>(?<!\w)"
    rf"[^\W\d_{_RAISED}]{{4,}}+)|[.;:!?”\"’€$£%])"
    rf"(?P<mark>[{_RAISED}]{{1,2}}(?:,[{_RAISED}]{{1,2}})*|[†‡]|(?<=\d)\[\w{{1,3}}\])(?!\w)"
)
_UNIT = re.compile(r"inch(?:es)?|miles?|(?:\w*)met(?:er|re)s?|feet|foot|yards?|seconds?", re.I)
_BEFORE_FACTOR, _FACTOR = re.compile(r"[×·*^=+/−-]\s?$"), re.compile(r"\s?[×·*^=+/−-]")
_COUNTED = re.compile(r"\s+[^\W\d_][\w-]*(?:\s+[^\W\d_][\w-]*)?")
_CURRENCY_CHARACTERS = 4
_NOTE = re.compile(
    rf"(?:\[(?P<label>\w{{1,12}})\]|(?P<raised>[{_RAISED}]{{1,2}})|(?P<figure>\d{{1,2}}))\s+(?=[^\W\d_])"
)
_MOST_NOTES, _REACH, _LOOKED_AROUND = 10, 20_000, 400
_CLAUSE_END = re.compile(r"[.!?](?=\s)|\n\n")


def without_marks(passage: Passage, answer: Span) -> Span:
    """Leave out a note's mark that an answer ends with, and what is counted behind one.

    “212²” is 212; so is “212² patients”, since an answer stays a part of what is cited.

    Args:
        passage: Where it stands.
        answer: In the document's offsets.
    """
    text = passage.text
    start, end = answer.shift(-passage.start)
    for match in _MARK.finditer(text, 0, end):
        low, high = match.span("mark")
        if low <= start:
            continue
        first = match["figure"] and match.start() - start <= _CURRENCY_CHARACTERS
        ends = high == end or (first and _COUNTED.fullmatch(text, high, end) is not None)
        if ends and (_is_note(text, match) or _is_in_sequence(text, match)):
            return Span(start, low).shift(passage.start)
    return answer


def _is_note(text: str, match: re.Match[str]) -> bool:
    """Whether a mark is plainly a note's: a power of a digit or of ten has to be told apart."""
    figure, mark = match["figure"], match["mark"]
    if mark[0] not in _RAISED:
        return True
    if match["word"]:
        return not _UNIT.fullmatch(match["word"])
    if figure is None:
        return True
    factor = _BEFORE_FACTOR.search(text[max(0, match.start() - 2) : match.start()])
    if factor or _FACTOR.match(text, match.end()):
        return False
    return not _may_have_power(figure)


def _may_have_power(figure: str) -> bool:
    return len(figure.rstrip(".,")) == 1 or figure.rstrip(".,") == "10"


def _is_in_sequence(text: str, match: re.Match[str]) -> bool:
    """Whether a mark counts what stands behind one digit, and is one of several in the passage."""
    figure, mark = match["figure"], match["mark"]
    if not figure or figure == "10" or not _COUNTED.match(text, match.end()):
        return False
    if re.search(rf"^{mark}\s?\S", text, re.MULTILINE):
        return True
    others = (other for other in _MARK.finditer(text) if _is_note(text, other))
    plain = {other["mark"].translate(_DIGITS) for other in others}
    number = mark.translate(_DIGITS)
    return number.isdigit() and not plain.isdisjoint({str(int(number) - 1), str(int(number) + 1)})


def annotated(passage: Passage, text_of: Callable[[str], str]) -> list[str]:
    """Return, for each sentence that begins a note, the sentence that refers to it; else "".

    Of a passage's notes the first ten are looked for.

    Args:
        passage: Where the sentences stand.
        text_of: Returns a document's text.
    """
    found, looked = [], 0
    for sentence in passage.sentences:
        note = _NOTE.match(passage.slice(sentence))
        before = passage.text[: sentence.start - passage.start]
        if note is None or before[-1:] not in "\n" or looked == _MOST_NOTES:
            found.append("")
        else:
            looked += 1
            found.append(_referring(text_of(passage.doc_id), note, sentence))
    return found


def _referring(text: str, note: re.Match[str], sentence: Span) -> str:
    """Find the one place above with a note's mark, and return the sentence around it."""
    text = text[max(0, sentence.start - _REACH) : sentence.start]
    if note["label"]:
        mark = re.compile(rf"(?<=\S)\[{re.escape(note['label'])}\]")
        places = [match.span() for match in mark.finditer(text)]
    else:
        wanted = note["raised"] or note["figure"].translate(_TO_RAISED)
        places = [
            match.span("mark")
            for match in _MARK.finditer(text)
            if wanted in match["mark"].split(",") and _is_note(text, match)
        ]
    if len(places) != 1:
        return ""
    start, end = places[0]
    before = text[max(0, start - _LOOKED_AROUND) : start]
    after = text[end : end + _LOOKED_AROUND]
    ends = [match.end() for match in _CLAUSE_END.finditer(before)]
    stop = _CLAUSE_END.search(after)
    return before[ends[-1] if ends else 0 :] + after[: stop.start() if stop else len(after)]
