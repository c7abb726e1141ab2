"""Sort a run's questions by what became of them, for the report's lists."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from qa.evaluate.record import Cited, Outcome, Record

# Of a longer quote, a link names the first and the last words.
_FRAGMENT_WORDS = 5

_OUTCOMES: dict[Outcome, tuple[str, str]] = {
    "retrieval_missed": (
        "Retrieval missed",
        "No passage with the evidence was among the first ten, so it could not be read.",
    ),
    "wrong_passage": (
        "Wrong passage",
        "The evidence was found, but another passage was cited; perhaps of the right document.",
    ),
    "wrong_sentence": (
        "Wrong sentence",
        "The right passage was cited, but another sentence of it.",
    ),
    "wrong_words": (
        "Wrong words",
        "The right sentence was cited, but no word of the answer is in an expected one. The "
        "citation is right, so this counts as right above.",
    ),
    "wrongly_refused": (
        "Wrongly refused",
        "The documents answer this, but the program was not sure enough.",
    ),
    "answered_unanswerable": (
        "Answered the unanswerable",
        "The documents don't say, but the program answered.",
    ),
    "right": ("Right", "The cited sentence is evidence."),
    "right_refusal": ("Rightly refused", "The documents don't say, and neither did the program."),
}
_FINE = ("right", "right_refusal")
_FOUND = ("Found", "A relevant document is among the first ten.")
_NOT_FOUND = ("Not found", "No relevant document is among the first ten.")


def by_outcome(
    records: Sequence[Record], links: Mapping[str, str], *, read: bool
) -> list[dict[str, Any]]:
    """List the outcomes there are, failures first, each with its questions.

    Args:
        records: Of all questions.
        links: Where each cited document can be opened, as a URL, if it can.
        read: Whether the questions were answered, not only looked up.
    """
    found = []
    for outcome, (title, says) in _OUTCOMES.items():
        own = [record for record in records if record.outcome == outcome]
        if not read:
            title, says = _FOUND if outcome in _FINE else _NOT_FOUND
        if own:
            found.append(
                {
                    "outcome": outcome,
                    "title": title,
                    "says": says,
                    "is_fine": outcome in _FINE,
                    "percent": f"{100 * len(own) / len(records):.0f}",
                    "questions": [_question(record, links) for record in own],
                }
            )
    return found


def text_fragment(text: str) -> str:
    """Make the part of a URL that scrolls to a text (WICG Scroll to Text Fragment)."""
    parts = text.split()
    ends = [parts] if len(parts) <= 2 * _FRAGMENT_WORDS else [
        parts[:_FRAGMENT_WORDS], parts[-_FRAGMENT_WORDS:]
    ]  # fmt: skip
    encoded = [_encoded(" ".join(end)).replace("-", "%2D") for end in ends]
    return "#:~:text=" + ",".join(encoded)


def _question(record: Record, links: Mapping[str, str]) -> dict[str, Any]:
    citations = [_citation(cited, record, links) for cited in record.citations]
    return {"record": record, "citations": citations}


def _citation(cited: Cited, record: Record, links: Mapping[str, str]) -> dict[str, Any]:
    link = links.get(cited.doc_id)
    notes = [] if cited.valid else ["the quote does not stand there"]
    notes += [_level(cited)] if record.answerable else []
    return {
        "doc_id": cited.doc_id,
        "encoded_doc_id": _encoded(cited.doc_id),  # the very one, whatever signs it has
        "start": cited.start,
        "end": cited.end,
        "link": None if link is None else link + text_fragment(cited.quote),
        "notes": notes,
        **_set_off(cited.quote, record.answer or ""),
    }


def _level(cited: Cited) -> str:
    if cited.sentence:
        return "right sentence"
    if cited.passage:
        return "right passage, another sentence"
    return "right document, wrong passage" if cited.document else "wrong document"


def _set_off(quote: str, answer: str) -> dict[str, Any]:
    """Part a quote at the answer in it, where that is only part of it."""
    within = answer if answer != quote and answer in quote else ""
    before, _, after = quote.partition(within) if within else (quote, "", "")
    return {
        "before": before,
        "answer": within,
        "after": after,
        "space_before": before[-1:].isspace(),
        "space_after": after[:1].isspace(),
    }


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="replace")
