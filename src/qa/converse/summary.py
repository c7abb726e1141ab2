"""Tell a request for an overview from a question, and say of which documents.

Does not know how an overview is made.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from qa.converse.exchange import Exchange
from qa.index.stores.stored import DocumentInfo
from qa.words import FUNCTION_WORDS, words

_ASKED = (
    r"(?:(?:please|can you|could you|would you|i (?:want|need|would like)|give me|show me)[ ,]+)*"
)
_SHORT = r"(?:(?:a|an|the|me|some) )*(?:(?:short|brief|quick|general|good) )?"
_DOCUMENT = (
    r"(?:documents?|docs?|files?|pages?|texts?|reports?|articles?|papers?|pdfs?|sources?|books?|"
    r"websites?|sites?|content|contents|thing)"
)
_REQUEST = re.compile(
    rf"^{_ASKED}(?:(?:summari[sz]e|sum up|outline){_SHORT}|give (?:me )?{_SHORT}"
    rf"(?:summary|overview|outline)|{_SHORT}(?:summary|overview|outline|abstract|gist)|tl;?dr|"
    rf"{_SHORT}(?:key|main) (?:points|facts|ideas|messages)|(?:what are )?the (?:key|main) "
    r"(?:points|facts|ideas|messages))(?:\b[ :]*(?:(?:of|about|for|in|on)\b)?)(?P<of>.*)$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^(?:(?:so|and|ok|okay|well)[ ,]+)*(?:what(?:’s|'s| is| are| does| do) (?P<of>.+?) "
    r"(?:all )?(?:about|say|contain|cover|deal with|talk about)|"
    rf"what(?:’s|'s| is| are) (?P<in>(?:this|that|it|these|the)(?: {_DOCUMENT})?)|"
    rf"what(?:’s|'s| is| does it say)? in (?P<inside>(?:this|that|these|the|my|all|your)"
    rf"(?: the| my| these| first| second| third| fourth| fifth| last)? {_DOCUMENT}|there|it)|"
    rf"describe (?P<described>(?:this|that|these|the) {_DOCUMENT}))$",
    re.IGNORECASE,
)
_THIS = re.compile(
    rf"^(?:of )?(?:it|this|that|the|this one|that one|there|(?:this|that|"
    rf"the) (?:whole )?{_DOCUMENT})$",
    re.IGNORECASE,
)
_ALL = re.compile(
    rf"^(?:everything|them|these|those|they|all|(?:all )?(?:of )?(?:the|my|these|your|our|those) "
    rf"{_DOCUMENT}|all {_DOCUMENT}|the (?:corpus|folder|collection|library))$",
    re.IGNORECASE,
)
_NTH = re.compile(rf"^the (first|second|third|fourth|fifth|last) (?:{_DOCUMENT}|one)$", re.I)
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_MOST_WORDS = 14
_NAMES_NOTHING = FUNCTION_WORDS | set(
    "document documents doc file files page text report article paper pdf txt md docx html".split()
)


def wanted_overview(
    question: str, documents: Sequence[DocumentInfo], earlier: Sequence[Exchange]
) -> list[str]:
    """Say of which documents an overview is asked; of none if it is another question.

    Args:
        question: As typed.
        documents: Those that are asked.
        earlier: What was said before.
    """
    said = " ".join(question.split()).strip(" ?.!")
    if not documents or len(said.split()) > _MOST_WORDS:
        return []
    request, about = _REQUEST.match(said), _ABOUT.match(said)
    if request:
        target = request["of"].strip(" :“”\"'")
        return _meant(target, documents, earlier) if target else _this(documents, earlier)
    if about:
        target = next(filter(None, about.groups()), "")
        return _meant(target, documents, earlier)
    return []


def _this(documents: Sequence[DocumentInfo], earlier: Sequence[Exchange]) -> list[str]:
    """Take the document that was talked about last; else all."""
    ids = [info.doc_id for info in documents]
    last = next((e.doc_id for e in reversed(earlier) if e.doc_id in ids), "")
    return [last] if last else ids


def _meant(
    target: str, documents: Sequence[DocumentInfo], earlier: Sequence[Exchange]
) -> list[str]:
    ids = [info.doc_id for info in documents]
    if _THIS.match(target):
        return _this(documents, earlier)
    if _ALL.match(target):
        return ids
    if nth := _NTH.match(target):
        shown = next((e.doc_ids for e in reversed(earlier) if e.doc_ids), tuple(ids))
        number = _ORDINALS[nth[1].lower()]
        return [shown[number]] if -len(shown) <= number < len(shown) else []
    return _named(target, documents)


def _named(target: str, documents: Sequence[DocumentInfo]) -> list[str]:
    """Find the document that is named: by its file, or by words of its title; one alone."""
    exact = [info.doc_id for info in documents if target.lower() in _names(info)]
    if exact:
        return exact[:1]
    wanted = {word for word in words(target) if word not in _NAMES_NOTHING}
    found = [
        info.doc_id
        for info in documents
        if wanted and wanted <= set(words(re.sub(r"[_\W]+", " ", f"{info.title} {info.doc_id}")))
    ]
    return found if len(found) == 1 else []


def _names(info: DocumentInfo) -> set[str]:
    path = PurePosixPath(info.doc_id.lower())
    return {info.doc_id.lower(), path.name, path.stem, info.title.lower()}
