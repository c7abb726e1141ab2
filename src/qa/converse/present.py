"""Present a reply as text for a terminal or as JSON; the browser's HTML is made in `ui`.

Pure functions. Text is made safe for a terminal, as in `qa.answer.present`.
"""

from dataclasses import replace
from typing import Any

from qa.answer.present import (
    answer_to_json,
    answer_to_text,
    citation_to_json,
    cited_place,
    one_line,
)
from qa.converse.conversation import Reply
from qa.converse.overview import Fact, Overview
from qa.schema import Answer
from qa.words import counted


def reply_to_json(given: Reply, number: str | int | None = None) -> dict[str, Any]:
    """Make the answer object of the command line's contract (docs/CONTRACT.md).

    Args:
        given: What came back.
        number: Carried over from a batch.
    """
    empty = Answer(given.question, False, None, 0.0, (), ())
    found = answer_to_json(replace(given.answer or empty, id=number))
    return {
        **found,
        "question": given.question,
        "state": state_of(given),
        "understood": given.understood or None,
        "said": given.said or None,
        "more": [citation_to_json(citation) for citation in given.more],
        "overview": given.overview and overview_to_json(given.overview),
    }


def state_of(given: Reply) -> str:
    """Name what a reply is: an answer's state, `talk`, `more` or `overview`."""
    if given.answer is not None:
        return given.answer.state
    if given.overview is not None:
        return "overview"
    return "more" if given.understood else "talk"


def overview_to_json(given: Overview) -> dict[str, Any]:
    """Make the object of `qa summary --json`."""
    return {
        "doc_ids": list(given.doc_ids),
        "title": given.title or None,
        "characters": given.characters,
        "pages": given.pages,
        "date": given.date or None,
        "headings": [citation_to_json(citation) for citation in given.headings],
        "sentences": [citation_to_json(citation) for citation in given.sentences],
        **{
            name: [
                {"text": fact.text, "citation": citation_to_json(fact.citation)} for fact in facts
            ]
            for name, facts in facts_of(given).items()
        },
    }


def facts_of(given: Overview) -> dict[str, tuple[Fact, ...]]:
    """Return an overview's figures, dates and names, by what they are."""
    return {"figures": given.figures, "dates": given.dates, "names": given.names}


def reply_to_text(given: Reply, *, bold: bool = False) -> str:
    """Render a reply for a terminal; in bold are the question's words, where that is wanted."""
    lines = [f"Understood as: “{one_line(given.understood)}”", ""] if given.understood else []
    if given.answer is not None:
        lines.append(answer_to_text(given.answer, bold=bold))
    elif given.overview is not None:
        lines.append(overview_to_text(given.overview))
    elif given.more:
        for citation in given.more:
            lines += [f"  “{one_line(citation.quote)}”", f"      {cited_place(citation)}"]
    else:
        lines.append(given.said)
    return "\n".join(lines)


def overview_to_text(given: Overview) -> str:
    """Render an overview for a terminal."""
    lines = [one_line(about_in_words(given)), ""]
    if given.headings:
        lines += ["Headings: " + " · ".join(one_line(c.quote) for c in given.headings), ""]
    for number, citation in enumerate(given.sentences, start=1):
        lines += [f"  {number}. “{one_line(citation.quote)}”", f"      {cited_place(citation)}"]
    facts = [
        f"{name.capitalize()}: " + " · ".join(one_line(fact.text) for fact in found)
        for name, found in facts_of(given).items()
        if found
    ]
    return "\n".join([*lines, *([""] if facts else []), *facts])


def about_in_words(given: Overview) -> str:
    """Say what is summed up: title, file, length, date."""
    if len(given.doc_ids) > 1:
        return f"{counted(len(given.doc_ids), 'document')}, {_length(given)}"
    doc_id = given.doc_ids[0]
    called = doc_id if given.title in doc_id else f"{given.title} ({doc_id})"
    return ", ".join(filter(None, (called, _length(given), given.date)))


def details_in_words(given: Overview) -> str:
    """Say what stands beside the title of what is summed up."""
    if len(given.doc_ids) > 1:
        return about_in_words(given)
    return " · ".join(filter(None, (given.doc_ids[0], _length(given), given.date)))


def _length(given: Overview) -> str:
    if given.pages:
        return counted(given.pages, "page")
    return f"{counted(given.characters, 'character')}"
