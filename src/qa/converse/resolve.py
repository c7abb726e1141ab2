"""Understand a question as one that follows others: complete it from what was said before.

What stands alone is left as it was typed. Rules only, on words; does not know the index.
"""

import re
from collections.abc import Sequence

from qa.converse.antecedents import TITLE
from qa.converse.ellipsis import completed, is_fragment
from qa.converse.exchange import Exchange, Understood
from qa.converse.phrases import (
    AUXILIARIES,
    QUESTION_WORDS,
    head_of,
    is_plural,
    phrases,
    times,
)
from qa.converse.pronouns import resolved, with_antecedent
from qa.languages import language_of
from qa.words import words

_ABOUT_IT = r"(?: (?:about|on|of|in) (?:it|that|this|them)(?: \w+)?)?"
_MORE = re.compile(
    r"^(?:(?:please|ok|okay|and|yes|can you|could you|so)[ ,]+)*"
    rf"(?:tell me (?:some )?more{_ABOUT_IT}|go on|continue|elaborate|say more|details?|"
    rf"(?:give me )?(?:some )?more(?: (?:details?|information|info|please))?{_ABOUT_IT}|"
    rf"any(?:thing)? (?:more|else){_ABOUT_IT}|expand{_ABOUT_IT}|"
    rf"(?:is|was|are|were) there (?:anything|something) (?:else|more)(?: \w+)?{_ABOUT_IT}|"
    rf"(?:are|were) there (?:any )?other (?:\w+ )?(?:aspects|facts|details|things){_ABOUT_IT}|"
    r"what (?:more|else)(?: (?:happened|is there|can you tell me|does it say|do they say))?"
    rf"{_ABOUT_IT})(?:,? please)?\W*$",
    re.IGNORECASE,
)
_ELSE = re.compile(
    r"^(?:(?:and|ok|okay),? )?(?:(?:who|where|when|which|how|any(?:one|body|where)) else|"
    r"(?:any|which|the)? ?others?(?: ones?)?|(?:and )?others)\W*$",
    re.IGNORECASE,
)
_ORDINALS = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3,
    "fifth": 4, "last": -1, "other": 1,
}  # fmt: skip
_ORDINAL = r"(?P<which>first|second|third|fourth|fifth|last|other|1st|2nd|3rd|4th)"
_NTH_DOCUMENT = re.compile(
    rf"(?:,? ?\b(?:in|from|according to|of|about) )?\bthe {_ORDINAL} "
    r"(?:document|file|source|report|page|text|pdf)\b",
    re.IGNORECASE,
)
_NTH = re.compile(rf"\bthe {_ORDINAL} (?:one|of (?:them|these|those))\b", re.IGNORECASE)
_ONE = re.compile(
    r"\b(?:the|an?|that|this) (?:next|previous|last|new|old|other|older|newer|earlier|later|"
    r"following|same|\w+est) (?P<one>ones?)\b",
    re.IGNORECASE,
)
_LIST = re.compile(r",\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+|;\s*")
_AND = re.compile(r"^(?:and|also)\b[ ,]*(?=\S)", re.IGNORECASE)
_LEADS_IN = re.compile(
    rf"^\W*(?:(?:then|so|well|right|now|hm+|oh)[ ,]+)+(?=(?:{'|'.join(sorted(AUXILIARIES))}) )",
    re.IGNORECASE,
)
_OWN = re.compile(r"\b(?:his|her|its|their)\b", re.IGNORECASE)
_TOPIC_FIRST = re.compile(
    r"(?:(?i:ok|okay|so|now|and|but|well|right|thanks|please)[ ,]+)*"
    r"(?:(?i:(?:let[’']?s |let me |can we |to )?(?:(?:go|come|get)(?:ing)? )?back to|returning to|"
    r"(?:(?:a|one|another) (?:more )?question )?about) "
    rf"(?=(?i:the|a|an|my|our|your|this|that|these|those) [a-z]|{TITLE})|"
    r"(?i:as for|as to|regarding|concerning|with regards? to|on the (?:subject|topic|matter) of) )"
    rf"(?P<topic>(?:{TITLE}\.? )?[\w’'&-]+(?: [\w’'&-]+){{0,7}}?)(?: again)?"
    r"(?:[:,;]| [–—-])\s+(?P<rest>.+)",
    re.DOTALL,
)
_BACK_TO = re.compile(
    r"(?:(?:ok|okay|so|now|and|but|well|right|thanks|please)[ ,]+)*"
    r"(?:(?:let[’']?s |can we )?(?:go|come|get)(?:ing)? )?back to "
    r"(?P<topic>[\w’'-]+(?: [\w’'-]+){0,3})"
    r"(?: again)?(?:[:,;]| [–—-])\s+(?P<rest>.+)",
    re.IGNORECASE | re.DOTALL,
)
_ASKS = re.compile(
    rf"(?:please|and|so)?[ ,]*(?:(?:in|at|on|for|to|by|with|from|until|since) )?"
    rf"(?:{'|'.join(sorted(QUESTION_WORDS | AUXILIARIES))}|tell|show|list|give)\b",
    re.IGNORECASE,
)
_NO_TOPIC = re.compile(
    r"\b(?:it|its|he|him|his|she|her|hers|they|them|their|me|us|you|one|ones|this|that|these|those|"
    r"what|which|who|whom|whose|how|when|where|why|document|file|source|question|point|topic|subject|"
    r"conversation)\b",
    re.IGNORECASE,
)
_NAMED_FILE = re.compile(r"(?:,? ?\b(?:in|from|according to|of) )[\w./-]+\.[a-z]{2,5}\b", re.I)


def understand(question: str, earlier: Sequence[Exchange]) -> Understood:
    """Say what a question means after others.

    Args:
        question: As typed.
        earlier: What was said before, the last exchange last.
    """
    earlier = [exchange for exchange in earlier if exchange.question.strip()]
    if earlier:
        question = _LEADS_IN.sub("", question)
    if not earlier or language_of(question):  # the rules know English
        return Understood(question)
    if of_topic := _of_topic(question) or _of_known_topic(question, earlier):
        return Understood(_tidy(of_topic), "follow_up")
    before = earlier[-1]
    if _MORE.match(question.strip()):
        return Understood(before.question, "more")
    if _ELSE.match(question.strip()):
        return Understood(before.question, "else")
    named, doc_id = _nth_document(question, before)
    named = _nth(named, before)
    whole = completed(named, before)
    if whole is None:
        whole = resolved(_carried_over(_one(named, before), before), earlier)
    elif _OWN.search(named):  # "and her mother?"; what the question before says of itself is clear
        whole = resolved(whole, earlier)
    if _letters(whole) == _letters(question):
        return Understood(question, doc_id=doc_id)
    return Understood(_tidy(whole), "follow_up", doc_id)


def _of_topic(question: str) -> str:
    """Ask of a topic that is named first: “back to the course: how long is it?”; else nothing."""
    said = _TOPIC_FIRST.fullmatch(question.strip())
    if said is None or times(said["topic"]) or _NO_TOPIC.search(said["topic"]):
        return ""
    rest, topic = said["rest"].rstrip("?.! "), said["topic"]
    if not _ASKS.match(rest) or is_fragment(rest) or _MORE.match(rest) or _ELSE.match(rest):
        return ""
    return _asked_of(rest, topic)


def _asked_of(question: str, topic: str) -> str:
    """Put a topic for a question's pronoun, else behind it in brackets."""
    return f"{with_antecedent(question, topic) or f'{question} ({topic})'}?"


def _of_known_topic(question: str, earlier: Sequence[Exchange]) -> str:
    """Ask of what was talked about before, by its name alone: “back to snowdonia, when is it?”."""
    said = _BACK_TO.fullmatch(question.strip())
    if said is None:
        return ""
    known = {word for one in earlier for word in words(f"{one.question} {one.answer}")}
    rest, topic = said["rest"].rstrip("?.! "), said["topic"]
    if not set(words(topic)) <= known or not _ASKS.match(rest) or is_fragment(rest):
        return ""
    return _asked_of(rest, topic)


def _carried_over(question: str, before: Exchange) -> str:
    """Carry the time and the file over to a whole question that begins with “and”."""
    lead = _AND.match(question)
    if lead is None or not before.question:
        return question
    rest = question[lead.end() :]
    kept = [] if times(rest) else [phrase.text for phrase in times(before.question)][-1:]
    if (file := _NAMED_FILE.search(before.question)) and not _NAMED_FILE.search(rest):
        said = file.group().strip(" ,")
        kept.append(said[:1].lower() + said[1:])
    return f"{rest.rstrip('?.! ')} {' '.join(kept)}?" if kept else question


def _nth_document(question: str, before: Exchange) -> tuple[str, str]:
    """Take “in the second document” out of a question, and say which that is."""
    match = _NTH_DOCUMENT.search(question)
    doc_id = _at(before.doc_ids, match["which"]) if match else ""
    if match is None or not doc_id:
        return question, ""
    rest = f"{question[: match.start()]} {question[match.end() :]}"
    return re.sub(r"^\W+", "", re.sub(r"\s+(?=[?.!])", "", " ".join(rest.split()))), doc_id


def _nth(question: str, before: Exchange) -> str:
    """Put the second of the things that were listed for “the second one”."""
    match = _NTH.search(question)
    if match is None:
        return question
    listed = [part.strip() for part in _LIST.split(before.answer) if part.strip()]
    chosen = _at(listed, match["which"]) if len(listed) > 1 else ""
    return f"{question[: match.start()]}{chosen}{question[match.end() :]}" if chosen else question


def _one(question: str, before: Exchange) -> str:
    """Say what “the next one” is one of: the last thing that was asked about."""
    match = _ONE.search(question)
    if match is None:
        return question
    several = match["one"].lower() == "ones"
    things = [p.text for p in phrases(before.question) if p.kind == "thing"]
    alike = [head_of(text) for text in things if is_plural(text) == several]
    return (
        f"{question[: match.start('one')]}{alike[-1]}{question[match.end() :]}"
        if alike
        else question
    )


def _at(items: Sequence[str], which: str) -> str:
    number = _ORDINALS[which.lower()]
    return items[number] if -len(items) <= number < len(items) else ""


def _letters(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


def _tidy(text: str) -> str:
    text = re.sub(r"\s+([?.!,])", r"\1", " ".join(text.split()))
    return text[:1].upper() + text[1:]
