"""Cut a block into the units that are cited: sentences, table rows, the lines of a form.

`sentencex` knows where sentences end; what it takes for an end after an abbreviation ("approx.
250", "kr. 250", "par. 3") is put together again here, and parted where it takes the end of “House
C.” for an initial. Does not know tokens or passages.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from sentencex import get_sentence_boundaries

from qa.formats.blocks import trim
from qa.schema import Block, Span

# On text without spaces sentencex takes quadratic time (0.2 s for 20,000 characters).
_SEGMENT_CHARACTERS = 10_000
# sentencex 1.0 panics on a white space beyond ASCII between a capital and a full stop.
_ODD_SPACE = re.compile(r"[^\S\x00-\x7f]")

# What always goes on: a title before a name, or a word that announces what follows.
_GOES_ON = frozenset(
    """approx bzw c ca capt cf cmdr col cpt dr e.g esp excl gen gov hon i.e incl lt messrs mr mrs ms
    prof resp rev sgt u.a vgl viz vs z.b""".split()
)
# What goes on before a figure: "No. 5", "kr. 250", "Sept. 2017".
_BEFORE_FIGURE = frozenset(
    """abb abs apr app appx art arts aug avg bd bn ch chap cl dec deg dept ed eq eqs est ext feb fig
    figs ft jan jul jun kap kr mar max mill min mio mrd nos no nov nr oct p par para paras pg pos pp
    pt ref rs s sec sect sep sept st sub-par tab tel temp usd v ver vol vols""".split()
)
# What goes on only before a small letter: it ends sentences as well.
_BEFORE_SMALL = frozenset(
    "a.m b.w co corp etc hosp inc jr lit ltd m mt p.m ph.d sq sr u.s univ".split()
)
# "bis zum 31. März", "den 3. juni": in German and the languages of the North and East a day has a
# full stop. English months are taken for theirs only behind a word of theirs.
_DAY = re.compile(r"(?<![\d.,])(?:[12]?\d|3[01])\.$")
_MONTH = re.compile(
    r"(?:Januar|Jänner|Februar|März|Mai|Juni|Juli|Oktober|Dezember)\b|"
    r"(?:januar|februar|marts|mars|april|maj|mai|juni|juli|august|september|oktober|november|"
    r"december|desember|augusti|januari|februari|stycznia|lutego|marca|kwietnia|maja|czerwca|"
    r"lipca|sierpnia|września|października|listopada|grudnia|ledna|února|března|dubna|května|"
    r"června|července|srpna|září|října|listopadu|prosince)\b"
)
_DAY_THERE = re.compile(r"\b(?:am|vom|bis|zum|den|dem|der|ab|im|seit)\s+(?:[12]?\d|3[01])\.$")
_MONTH_THERE = re.compile(r"(?:April|August|September|November)\b")
_LAST_WORD = re.compile(r"([^\s(\[“\"'‘]+)\.$")
_FIGURE = re.compile(r"[$€£¥~≈<>±(]?\s?[+−-]?\d|[$€£¥]|[IVX]+\b")
_SMALL = re.compile(r"[(\[“\"'‘]?[a-zà-öø-ÿ]")
_SHORT = 5
# "They moved to House C. Ground-floor flats …": no person's initial.
_LETTERED = re.compile(
    r"(?<=[a-z,;] )(?i:annex|appendix|area|block|building|category|class|district|exhibit|flat|"
    r"floor|gate|grade|group|hepatitis|house|level|lot|module|option|part|phase|plan|platform|"
    r"room|schedule|section|sector|site|stage|table|tariff|terminal|tower|type|unit|variant|"
    r"version|vitamin|wing|zone) [A-Z]\.(?=\s+[A-Z][\w’'-]*[\s,])(?!\s+[A-Z]\.)"
)

# "Flag: Panama", or columns kept apart: "Net       1,250.00", "Net ..... 1,250.00".
_GAP = r"(?: {3,}|\t|\s?\.{4,})"
_FIELD = re.compile(rf"\s*(?:[^\s:|][^:|\n]{{0,47}}:(?:\s+\S|\s*$)|\S[^\n]{{0,59}}?{_GAP}\s*\S)")
_LABEL_END = re.compile(rf":|{_GAP}")
_LABEL_WORDS = 6
_FORM_SHARE = 0.6
# A line longer than this is a paragraph with a label, and has sentences of its own.
_LINE_CHARACTERS = 240


def sentence_spans(text: str, language: str = "en") -> list[Span]:
    """Find the sentences of a paragraph, trimmed, in order."""
    whole = trim(text, Span(0, len(text)))
    if whole is None:
        return []
    return list(units(text, Block(*whole, whole.start, "paragraph", 0), language))


def units(text: str, block: Block, language: str) -> Iterator[Span]:
    """Cut one block; the first unit takes in the block's list marker.

    Args:
        text: The document's.
        block: Which part of it.
        language: ISO 639 code, chooses the sentence rules.
    """
    first = block.start
    for span in _spans(text, block, language):
        yield Span(min(first, span.start), span.end)
        first = block.end


def _spans(text: str, block: Block, language: str) -> Iterator[Span]:
    whole = Span(block.content, block.end)
    if block.kind == "row":  # cells are no sentences: a row is cited as a whole
        yield whole
        return
    for line in _form_lines(text, whole) or [whole]:
        if line is not whole and line.end - line.start <= _LINE_CHARACTERS:
            yield line
        else:
            yield from _rejoined(text, _segments(text, line, language))


def _form_lines(text: str, whole: Span) -> list[Span]:
    """Find the lines of a form, labels with their values; none if it is running text."""
    if "\n" not in text[whole.start : whole.end]:
        return []
    lines: list[Span] = []
    at = whole.start
    for piece in text[whole.start : whole.end].splitlines(keepends=True):
        if (line := trim(text, Span(at, at + len(piece)))) is not None:
            lines.append(line)
        at += len(piece)
    # A small letter begins a label only where all lines begin with one: else it is a sentence.
    small = all(text[line.start].islower() for line in lines)
    fields = [
        (small or not text[line.start].islower()) and _is_field(text[line.start : line.end])
        for line in lines
    ]
    if sum(fields) < max(2, _FORM_SHARE * len(lines)):
        return []
    return list(_with_continuations(text, lines, fields))


def _is_field(line: str) -> bool:
    match = _FIELD.match(line)
    if match is None:
        return False
    return len(_LABEL_END.split(match[0], maxsplit=1)[0].split()) <= _LABEL_WORDS


def _with_continuations(text: str, lines: Sequence[Span], fields: Sequence[bool]) -> Iterator[Span]:
    """Put a line that goes on with a value to the line it goes on with."""
    done = lines[0]
    for line, is_field in zip(lines[1:], fields[1:], strict=True):
        indented = text[line.start - 1 : line.start] in (" ", "\t")
        if not is_field and (indented or text[line.start].islower()):
            done = Span(done.start, line.end)
        else:
            yield done
            done = line
    yield done


def _segments(text: str, whole: Span, language: str) -> Iterator[Span]:
    """Let sentencex find the sentences, a stretch at a time."""
    start = whole.start
    while start < whole.end:
        stop = min(start + _SEGMENT_CHARACTERS, whole.end)
        if stop < whole.end and (space := text.rfind(" ", start, stop)) > start:
            stop = space
        boundaries = get_sentence_boundaries(language, _ODD_SPACE.sub(" ", text[start:stop]))
        if stop < whole.end and len(boundaries) > 1:
            boundaries.pop()  # cut short here, whole in the next round
            stop = start + boundaries[-1]["end_index"]
        for boundary in boundaries:
            raw = Span(start + boundary["start_index"], start + boundary["end_index"])
            for piece in _behind_letters(text, raw):
                if (span := trim(text, piece)) is not None:
                    yield span
        start = stop


def _behind_letters(text: str, span: Span) -> Iterator[Span]:
    """Cut behind “House C.”."""
    for found in _LETTERED.finditer(text, *span):
        yield Span(span.start, found.end())
        span = Span(found.end(), span.end)
    yield span


def _rejoined(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Put together what was parted after an abbreviation."""
    last: Span | None = None
    for span in spans:
        if last is None:
            last = span
        elif _goes_on(text[last.start : last.end], text[span.start : span.end]):
            last = Span(last.start, span.end)
        else:
            yield last
            last = span
    if last is not None:
        yield last


def _goes_on(before: str, after: str) -> bool:
    """Whether the full stop at the end of one piece is an abbreviation's."""
    if _DAY.search(before[-20:]) and _MONTH.match(after):
        return True
    if _MONTH_THERE.match(after) and _DAY_THERE.search(before[-20:]):
        return True
    match = _LAST_WORD.search(before[-40:])
    if match is None:
        return False
    word = match[1].lower() if len(match[1]) > 1 else match[1]  # "vitamin C." is no "c. 1850"
    if word in _GOES_ON:
        return True
    if _FIGURE.match(after):
        return word in _BEFORE_FIGURE
    if not _SMALL.match(after):
        return False
    # A text that begins its sentences with small letters says nothing by one.
    starts_large = not before[:1].islower()
    short = len(word) <= _SHORT and word.isalpha()
    return word in _BEFORE_FIGURE or word in _BEFORE_SMALL or (short and starts_large)
