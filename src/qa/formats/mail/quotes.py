"""Tell a mail's own words from the older mail that it quotes.

What is quoted in one piece, above or below the reply or forwarded with it, is older than the
reply and may have been changed by it. Quotes with answers between them stay where they are: the
answers mean nothing without. Knows how programs mark quotes; does not know MIME.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

QUOTED = re.compile(r"(?:> ?)+")
_FIRST_MARK = re.compile(r"^> ?")
_WROTE = re.compile(
    r"(?:on|am|le|el|il|op|den|em|dnia|på)\b.{5,300}"
    r"\b(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|skrev|escreveu|napisał)\b"
    r".{0,120}:",
    re.IGNORECASE,
)
_WROTE_LINES = 3
_ORIGINAL = re.compile(
    r"-{2,}\s*(?:original message|original appointment|forwarded message|forwarded by .*"
    r"|urspr(?:ü|ue)ngliche nachricht|weitergeleitete nachricht|message d'origine"
    r"|message transféré|mensaje original|oorspronkelijk bericht)\s*-*"
    r"|begin forwarded message:",
    re.IGNORECASE,
)
_FROM = re.compile(r"\*?(?:from|von|de|da|van|fra|från)\s*:\*?\s*(\S.*)", re.IGNORECASE)
_SENT = re.compile(
    r"\*?(?:sent|date|gesendet|datum|envoyé|enviado|fecha|inviato|data|verzonden|sendt|skickat)"
    r"\s*:\*?\s*\S",
    re.IGNORECASE,
)
_HEADER_LINES = 4
_RULE = re.compile(r"[_-]{5,}")
_NAME_CHARACTERS = 60
_BEFORE_NAME = re.compile(r"^.*\bschrieb\s+|^.*\d:\d\d(?:\s?[ap]\.?m\.?)?,?\s+", re.IGNORECASE)
_NAME = re.compile(r"([^,<>:\"\[\]]{2,60}?)\"?\s*[<\[]")


class Split(NamedTuple):
    """A mail in two.

    Attributes:
        own: The lines that its sender wrote.
        said: Those that say whose mail is quoted: "On 4 March, Ada wrote:".
        quoted: Those of the older mail, without one level of marks; empty if there is none.
    """

    own: list[str]
    said: list[str]
    quoted: list[str]


def split_quote(lines: Sequence[str]) -> Split:
    """Part a mail's lines into its sender's own and the older mail's."""
    runs = list(_runs(lines))
    begin, length = _find_begin(lines)
    if begin is None or (runs and runs[0][0] < begin):
        begin, length = (runs[0][0], 0) if runs else (len(lines), 0)
    after = begin + length
    own, said = list(lines[:begin]), list(lines[begin:after])
    if len(runs) > 1 and _is_answered(lines, runs):
        return Split(list(lines), [], [])
    marked = [run for run in runs if run[0] >= after]
    around = [any(map(str.strip, part)) for part in (own, lines[marked[-1][1] :] if marked else ())]
    if not any(map(str.strip, lines[after:])) or (not said and all(around)):
        return Split(list(lines), [], [])
    if not marked or any(line.strip() for line in lines[after : marked[0][0]]):
        return Split(own, said, list(lines[after:]))  # an older mail without marks
    first, end = marked[0][0], marked[-1][1]
    unmarked = [_FIRST_MARK.sub("", line, count=1) for line in lines[first:end]]
    return Split([*own, *lines[end:]], said, unmarked)


def _is_answered(lines: Sequence[str], runs: Sequence[tuple[int, int]]) -> bool:
    """Whether more than "On 4 March, Ada wrote:" stands between two stretches of marked lines."""
    for (_, end), (start, _) in pairwise(runs):
        between = [line for line in lines[end:start] if line.strip()]
        begin, length = _find_begin(between)
        if begin != 0 or length < len(between):
            return True
    return False


def find_quote(texts: Sequence[str]) -> int | None:
    """Find the first of a page's blocks that says an older mail follows."""
    for at, text in enumerate(texts):
        lines = text.split("\n")
        begin, _ = _find_begin([*lines, *texts[at + 1 : at + 1 + _HEADER_LINES]])
        if begin == 0:
            return at
    return None


def sender_of(said: str) -> str:
    """Return the name in "On 4 March, Ada Byron <ada@example.org> wrote:"."""
    origin = next(filter(None, map(_FROM.fullmatch, said.split("\n"))), None)
    words = origin[1] if origin else _BEFORE_NAME.sub("", said.replace("\n", " "))
    match = _NAME.search(words)
    if match is None:
        return (
            words.strip() if origin and "<" not in words and len(words) <= _NAME_CHARACTERS else ""
        )
    return match[1].strip(" *'")


def _find_begin(lines: Sequence[str]) -> tuple[int | None, int]:
    """Find the line that says an older mail follows, and how many lines say so."""
    for at, line in enumerate(lines):
        stripped = line.strip()
        if not stripped or stripped.startswith(">"):
            continue
        if _ORIGINAL.fullmatch(stripped):
            return at, 1 + _header_length(lines, at + 1)
        if length := _header_length(lines, at):
            rule = at > 0 and _RULE.fullmatch(lines[at - 1].strip()) is not None
            return at - rule, length + rule
        for count in range(1, _WROTE_LINES + 1):
            joined = " ".join(part.strip() for part in lines[at : at + count])
            if _WROTE.fullmatch(joined):
                return at, count
    return None, 0


def _header_length(lines: Sequence[str], at: int) -> int:
    """Count the lines of "From: … Sent: … To: … Subject: …" here; 0 if there are none."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    head = [line.strip() for line in lines[at : at + _HEADER_LINES]]
    if not head or not _FROM.fullmatch(head[0]) or not any(map(_SENT.match, head[1:])):
        return 0
    length = 0
    while at + length < len(lines) and lines[at + length].strip():
        length += 1
    return length


def _runs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where each stretch of marked lines begins and ends, past blank lines in it."""
    filled = ((at, line.startswith(">")) for at, line in enumerate(lines) if line.strip())
    for marked, run in groupby(filled, lambda pair: pair[1]):
        places = [at for at, _ in run]
        if marked:
            yield places[0], places[-1] + 1
