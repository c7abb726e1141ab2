"""Say a reply to an agent: what it needs, what to do with it, and no more.

Pure functions.
"""

from typing import Any

from qa.answer.present import answer_to_json, computed_in_words, confidence_in_words, state_in_words
from qa.converse.conversation import Reply
from qa.converse.present import overview_to_json, state_of
from qa.schema import Answer, Citation, Computation, RetrievedPassage

_RELATED = 3
_RELATED_CHARACTERS = 600
_DO = {
    "answer": "Give this answer with its quote, and say where it stands.",
    "parts": "Several things were asked, or one in steps: give each answer with its quote as "
    "its own `do` says, and name the parts without one.",
    "differ": "The documents say different things: give every version with its date and quote.",
    "computed": "No document says this; it was computed from the rows of a table. Say so, and give "
    "the figures that went in.",
    "possible": "No answer is sure enough. Say that the documents give no sure answer; the "
    "sentence in `possible` may be shown as one that might, not as the answer.",
    "unclear": "Several documents would answer, each about another thing: ask the user which of "
    "`choices` is meant, then ask again with its doc_id in `only`.",
    "none": "No answer was found. Say that the documents do not say; do not guess or answer from "
    "memory. `related` is no answer.",
    "talk": "This was taken for small talk, nothing was asked of the documents: ask a question.",
    "more": "Ask a whole question: nothing is known of earlier ones.",
    "overview": "These are the document's own sentences: quote them, add nothing.",
}


def brief(given: Reply) -> dict[str, Any]:
    """Return what an agent is given for a question; what is empty is left out."""
    state = state_of(given)
    found: dict[str, Any] = {"state": state, "do": _DO[state]}
    if given.understood:
        found["understood"] = given.understood
    if given.said:
        found["said"] = given.said
    if given.more:
        found["more"] = [_cited(citation) for citation in given.more]
    if given.overview is not None:
        whole = overview_to_json(given.overview)
        found["overview"] = {name: whole[name] for name in ("doc_ids", "title", "date")}
        found["overview"]["sentences"] = [_cited(one) for one in given.overview.sentences]
    if given.answer is not None:
        found |= _answer(given.answer)
    return found


def _answer(answer: Answer) -> dict[str, Any]:
    if answer.parts:
        return {"parts": [_part(part) for part in answer.parts]}
    whole = answer_to_json(answer)
    found: dict[str, Any] = {
        "answer": answer.answer,
        "sure": confidence_in_words(answer.confidence) if answer.answered else None,
        "citations": [_cited(citation) for citation in answer.citations],
        "listed": whole["listed"],
        "versions": whole["versions"],
        "choices": whole["choices"],
        "computed": answer.computed and _computed(answer.computed),
        "possible": answer.possible and _cited(answer.possible),
        "read_as": whole["read_as"],
        "did_you_mean": answer.suggestion,
        "never_mentioned": list(answer.unmentioned),
    }
    if answer.state in ("possible", "none"):
        found["related"] = [_related(answer, one) for one in answer.passages[:_RELATED]]
    return {name: value for name, value in found.items() if value}


def _part(part: Answer) -> dict[str, Any]:
    return {"question": part.question, "state": part.state, "do": _DO[part.state]} | _answer(part)


def _computed(found: Computation) -> dict[str, Any]:
    return {
        "value": found.value,
        "how": computed_in_words(found),
        "terms": [{"name": term.name, "value": term.value} for term in found.terms],
        "citation": _cited(found.citation),
    }


def _cited(citation: Citation) -> dict[str, Any]:
    found = {
        "quote": citation.quote,
        "doc_id": citation.doc_id,
        "title": citation.title,
        "page": citation.page,
        "heading": citation.heading,
        "start": citation.start,
        "end": citation.end,
        "file": state_in_words(citation.state) or "unchanged since it was indexed",
        "scanned": citation.scanned,
        "untrusted": not citation.trusted,
    }
    kept = ("start", "end")
    return {name: value for name, value in found.items() if value or name in kept}


def _related(answer: Answer, found: RetrievedPassage) -> dict[str, Any]:
    """Give the beginning of a passage, or its best sentence and what follows."""
    passage = found.passage
    start = found.best.start if found.best else passage.start
    end = min(passage.end, start + _RELATED_CHARACTERS)
    return {
        "doc_id": passage.doc_id,
        "title": answer.titles.get(passage.doc_id, ""),
        "start": start,
        "end": end,
        "text": passage.text[start - passage.start : end - passage.start],
    }


def brief_passages(found: dict[str, Any]) -> dict[str, Any]:
    """Return what an agent is given for a search."""
    left_out = ("best", "rank")
    return {
        "do": "These passages are near to the words; nothing says that they answer anything.",
        "passages": [
            {name: value for name, value in passage.items() if name not in left_out}
            for passage in found["passages"]
        ],
    }
