"""Patterns that the kinds of questions share: amounts as they are written, and noun phrases."""

import re
from typing import NamedTuple

from qa.draft.clauses import Clause

COUNT = (
    r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?: (?:hundred|thousand|million|billion))?|(?:one|two|"
    r"three|four|five|six|seven|eight|nine|ten) (?:hundred|thousand|million|billion)|two|three|"
    r"four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|"
    r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(?:one|two|three|four|five|six|"
    r"seven|eight|nine))?)"
)
ABOUT = (
    r"(?:an estimated |approximately |about |around |nearly |almost |some |more than |over |"
    r"at least |up to |roughly |at most |a total of |no more than |fewer than |less than )?"
)
MONEY = (
    r"(?:(?:US|CA|AU)?[$€£]\s?\d[\d,]*(?:\.\d+)?(?: (?:thousand|million|billion))?|"
    r"\d[\d,]*(?:\.\d+)?(?: (?:thousand|million|billion))? (?:dollars|euros|pounds))"
)
PERCENT = rf"(?:\d+(?:\.\d+)? ?%|(?:\d+(?:\.\d+)?|{COUNT}) (?:percent|per cent))"
MASS_UNIT = r"(?:metric tons|tons|tonnes|MT|kg|kilograms|grams|litres|liters|gallons)"
TIME_UNIT = r"(?:seconds|minutes|hours|days|working days|business days|weeks|months|years)"
MEASURE = (
    rf"(?:{MASS_UNIT}|{TIME_UNIT}|km|kilometres|kilometers|miles|metres|meters|m|cm|mm|feet|"
    r"hectares|acres|square (?:metres|meters|kilometres|kilometers|miles|feet)|km/h|mph|volts|"
    r"watts|bar|°C|degrees)"
)
PROPER = r"[A-Z][\w’'.&-]*(?: (?:of |de |del |and the |of the )?[A-Z][\w’'&-]*)*"
BOUNDARY = re.compile(
    r" (?=(?:but|in|on|at|for|from|to|with|by|during|and|or|that|which|who|whose|as|after|before|"
    r"since|under|per|into|through|over|between|within|across|near|against|via|worth|each|a|an|the|"
    r"\w+ing|along|around|until|when|if|while|were|was|are|is|have|has|had|so|than|throughout|"
    r"every|twice|once|out|off|up|down|back|home|away|about|inside|outside)\b)|[,;:]|$"
)
PLURAL = re.compile(r"(?:[a-z]{2,}s|people|children|men|women|staff|personnel|police|km|aircraft)$")
_NOT_PLURAL = re.compile(r"(?:ss|us|is|ness|’s|'s)$")


class Phrased(NamedTuple):
    """A question and its answer.

    Attributes:
        kind: `count`, `money`, `percentage`, `measure`, `when`, `how often`, `who`, `where`,
            `what` or `stands for`.
        question: With a question mark.
        answers: Parts of the sentence on one line, the shortest first.
    """

    kind: str
    question: str
    answers: tuple[str, ...]


def ask(clause: Clause, asked: str, rest: str) -> str:
    """Put a question word before the turned-round clause."""
    return f"{asked} {clause.aux} {clause.subject} {clause.main} {rest}?"


def noun_phrase(text: str) -> tuple[str, str]:
    """Split a text after its first noun phrase, which must be a plural; empty if it is not."""
    end = BOUNDARY.search(text)
    noun, after = (text[: end.start()], text[end.start() :]) if end else (text, "")
    head, _, of = noun.partition(" of ")
    words = head.split()
    if (
        not words
        or len(words) > 5
        or re.match(COUNT, noun)
        or not PLURAL.search(words[-1])
        or _NOT_PLURAL.search(words[-1])
    ):
        return "", ""
    if re.match(r" by [A-Z]", after) or (
        of and (len(of.split()) > 5 or of.split()[0] in ("the", "a", "an"))
    ):
        return "", ""
    return noun, after
