"""Present an answer as text for a terminal or as JSON; the browser's HTML is made in `ui`.

Pure functions. Text is made safe for a terminal: a document cannot send it escape codes.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from qa.answer.outcome.excerpt import Part, excerpt
from qa.schema import Answer, Citation, Computation, RetrievedPassage, State, Version
from qa.words import counted

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_NAMED_RUNS = 10
_COUNTS = {2: "Two", 3: "Three", 4: "Four"}
_SHOWN_TERMS = 20
COMPUTED = "No document says this itself; I computed it from the rows of a table:"
_LEVELS = ((0.85, "very likely"), (0.6, "likely"), (0.5, "plausible"), (0.0, "uncertain"))


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """Make the answer object of the command line's contract (docs/CONTRACT.md)."""
    return {
        "id": answer.id,
        "question": answer.question,
        "answered": answer.answered,
        "state": answer.state,
        "answer": answer.answer,
        "confidence": round(answer.confidence, 4),
        "citations": [citation_to_json(citation) for citation in answer.citations],
        "listed": list(answer.listed),
        "versions": [
            {"answer": one.answer, "date": one.date, "doc_id": one.citation.doc_id}
            for one in answer.versions
        ],
        "parts": [_part_to_json(part) for part in answer.parts],
        "computed": answer.computed and _computation_to_json(answer.computed),
        "choices": [{"doc_id": one.doc_id, "title": one.title} for one in answer.choices],
        "read_as": [{"typed": word.typed, "read": word.read} for word in answer.read_as],
        "language": answer.language or None,
        "suggestion": answer.suggestion or None,
        "possible": answer.possible and citation_to_json(answer.possible),
        "passages": [
            passage_to_json(found, answer.titles.get(found.passage.doc_id, ""))
            for found in answer.passages
        ],
        "timings_ms": answer.timings_ms,
    }


def _part_to_json(part: Answer) -> dict[str, Any]:
    """Make the answer object of a part: without what stands in that of the whole."""
    of_whole = ("id", "parts", "read_as", "language", "passages", "timings_ms")
    return {name: value for name, value in answer_to_json(part).items() if name not in of_whole}


def passage_to_json(found: RetrievedPassage, title: str) -> dict[str, Any]:
    """Make the passage of the command line's contract."""
    return {
        "rank": found.rank,
        "doc_id": found.passage.doc_id,
        "title": title,
        "start": found.passage.start,
        "end": found.passage.end,
        "text": found.passage.text,
        "best": list(found.best) if found.best else None,
        "score": round(found.score, 4),
    }


def answer_to_text(answer: Answer, *, bold: bool = False) -> str:
    """Render an answer for a terminal.

    Args:
        answer: What to render.
        bold: Whether the question's words may be set in bold, which takes escape codes.
    """
    if answer.language:
        rest = answer_to_text(replace(answer, language=""), bold=bold)
        return f"{language_in_words(answer)}\n\n{rest}"
    if answer.read_as:
        rest = answer_to_text(replace(answer, read_as=()), bold=bold)
        return f"{read_as_in_words(answer)}\n\n{rest}"
    if answer.parts:
        return _parts_to_text(answer)
    if answer.computed is not None:
        return _computation_to_text(answer.computed)
    if answer.choices and not answer.answered:
        return _choices_to_text(answer)
    if answer.versions:
        return _versions_to_text(answer)
    if answer.answered:
        said = one_line(answer.answer or "")
        lines = [said, ""]
        for number, citation in enumerate(answer.citations, start=1):
            lines += _cited_lines(number, citation, said)
        return "\n".join([*lines, _sure_line(answer)])
    if answer.possible is not None:
        lines = [
            "I found no sure answer. Possibly:",
            "",
            f"  “{one_line(answer.possible.quote)}”",
            f"      {cited_place(answer.possible)}",
            _sure_line(answer),
        ]
    else:
        lines = [refusal_in_words(answer)]
        lines += [f"Did you mean: {one_line(answer.suggestion)}"] if answer.suggestion else []
    if answer.passages:
        lines += ["", "Closest passages (related, not an answer):"]
    for found in answer.passages[:3]:
        passage = found.passage
        place = f"{one_line(passage.doc_id)} {passage.start}–{passage.end}"
        lines += [f"  {found.rank}. {one_line(passage.context)}"] if passage.context else []
        lead = "    " if passage.context else f"  {found.rank}."
        said = "".join(_bold(part, bold=bold) for part in excerpt(found)).strip()
        lines.append(f"{lead} {said}  ({place})")
    return "\n".join(lines)


def _bold(part: Part, *, bold: bool) -> str:
    said = _CONTROLS.sub(" ", part.text)
    return f"\x1b[1m{said}\x1b[0m" if bold and part.marked else said


def _parts_to_text(answer: Answer) -> str:
    said = (f"{one_line(part.question)}\n{answer_to_text(part)}" for part in answer.parts)
    return "\n\n".join(said)


def _versions_to_text(answer: Answer) -> str:
    lines = [differing_in_words(answer), ""]
    for number, version in enumerate(answer.versions, start=1):
        said = one_line(version.answer)
        lines += [f"  {version_in_words(version)}: {said}"]
        lines += [*_cited_lines(number, version.citation, said), ""]
    return "\n".join([*lines[:-1], _sure_line(answer)])


def _choices_to_text(answer: Answer) -> str:
    lines = ["Which one do you mean? Each of these documents would answer:", ""]
    for number, choice in enumerate(answer.choices, start=1):
        title = "" if choice.doc_id.startswith(choice.title) else f"{choice.title} — "
        lines.append(f"  {number}. {one_line(title + choice.doc_id)}")
    return "\n".join([*lines, "", "Name it in the question, or ask of one with --only."])


def _computation_to_text(found: Computation) -> str:
    """Say what rows come to, with each figure that went in."""
    names = [one_line(term.name) for term in found.terms[:_SHOWN_TERMS]]
    width = max(map(len, names))
    rows = [
        f"  {name:<{width}}  {one_line(term.value)}"
        for name, term in zip(names, found.terms, strict=False)
    ]
    rest = len(found.terms) - len(rows)
    rows += [f"  … and {rest:,} more rows"] if rest else []
    said = [COMPUTED, "", f"{one_line(found.value)}  ({computed_in_words(found)})", "", *rows]
    return "\n".join([*said, "", f"  [1] {cited_place(found.citation)}"])


def _computation_to_json(found: Computation) -> dict[str, Any]:
    return {
        "operation": found.operation,
        "value": found.value,
        "column": found.column,
        "terms": [
            {"name": term.name, "value": term.value, "start": term.span.start, "end": term.span.end}
            for term in found.terms
        ],
        "citation": citation_to_json(found.citation),
    }


UNTRUSTED = "from a document that is not trusted"


def _cited_lines(number: int, citation: Citation, said: str) -> list[str]:
    """Say where a quote stands, and quote it unless that was said above."""
    changed = f" ({state_in_words(citation.state)})" if state_in_words(citation.state) else ""
    trusted = "" if citation.trusted else f" ({UNTRUSTED})"
    quote = one_line(citation.quote)
    place = f"  [{number}] {cited_place(citation)}{changed}{trusted}"
    return [place, f"      “{quote}”"] if quote != said else [place]


def _sure_line(answer: Answer) -> str:
    total = answer.timings_ms.get("total", 0.0)
    return f"  {confidence_in_words(answer.confidence)} · {total:.0f} ms"


def citation_to_json(citation: Citation) -> dict[str, Any]:
    """Make the citation of the command line's contract."""
    return {
        "doc_id": citation.doc_id,
        "title": citation.title,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "heading": citation.heading,
        "state": citation.state,
        "scanned": citation.scanned,
        "table": asdict(citation.table) if citation.table else None,
        "trusted": citation.trusted,
    }


def computed_in_words(found: Computation) -> str:
    """Say what was computed of what."""
    column, rows = f"“{one_line(found.column)}”", counted(len(found.terms), "row")
    return {
        "sum": f"sum of {column} over {rows}",
        "average": f"average of {column} over {rows}",
        "count": f"number of different values of {column}",
        "difference": f"difference in {column} between two figures",
    }[found.operation]


def differing_in_words(answer: Answer) -> str:
    """Say that documents, or parts of one, say different things."""
    count = len({version.citation.doc_id for version in answer.versions})
    if count == 1:
        return "The document says different things:"
    return f"{_COUNTS.get(count, str(count))} documents differ:"


def version_in_words(version: Version) -> str:
    """Say of when a version is; where nothing says that, which document it is."""
    return one_line(version.date or f"{version.citation.title}, undated")


def language_in_words(answer: Answer) -> str:
    """Say that a question is in another language than the encoder's; empty if it is not."""
    if not answer.language:
        return ""
    return (
        f"This question seems to be in {answer.language}. The encoder in use knows English only, "
        "so that answers may be missed: ask in English, or index with a multilingual --encoder."
    )


def read_as_in_words(answer: Answer) -> str:
    """Say which words of the question were read as others; empty if none was."""
    said = [f"“{one_line(word.typed)}” as “{one_line(word.read)}”" for word in answer.read_as]
    return f"Read {' and '.join(said)}." if said else ""


def refusal_in_words(answer: Answer) -> str:
    """Say that there is no answer: that the documents don't say only if that is sure."""
    if answer.unmentioned:
        return " ".join(["The documents don’t say.", *unmentioned_in_words(answer)])
    if answer.n_documents == 1:
        return "I found no answer in this document."
    return f"I found no answer in these {answer.n_documents:,} documents."


def unmentioned_in_words(answer: Answer) -> list[str]:
    """Say which names of the question no document mentions: one sentence, or none."""
    names = " or ".join(f"“{one_line(name)}”" for name in answer.unmentioned[:3])
    return [f"They never mention {names}."] if names else []


def cited_place(citation: Citation) -> str:
    """Say where a quote stands, for a person."""
    within = f", {location(citation)}" if location(citation) else ""
    place = f"{citation.doc_id}{within}, characters {citation.start}–{citation.end}"
    title = "" if citation.doc_id.startswith(citation.title) else f"{citation.title} — "
    return one_line(title + place)


def reference(citation: Citation) -> str:
    """Say where a quote stands as one writes it to a colleague: document, heading, page."""
    page = location(citation) if citation.page is not None else ""
    title = "" if citation.doc_id.startswith(citation.title) else citation.title
    named = f"{title} ({citation.doc_id})" if title else citation.doc_id
    return one_line(", ".join(filter(None, (named, citation.heading, page))))


def quoted(citation: Citation) -> str:
    """Quote a citation with where it stands, to be pasted elsewhere."""
    return f"“{citation.quote}” — {reference(citation)}"


def answer_in_words(answer: Answer) -> str:
    """Write an answer with its citations, to be pasted elsewhere."""
    if answer.parts:
        return "\n\n".join(f"{part.question}\n{_in_words_or_none(part)}" for part in answer.parts)
    if answer.computed is not None:
        found = answer.computed
        return "\n\n".join([f"{found.value} ({computed_in_words(found)})", quoted(found.citation)])
    if answer.versions:
        said = [
            f"{version_in_words(one)}: {one.answer}\n{quoted(one.citation)}"
            for one in answer.versions
        ]
        return "\n\n".join([differing_in_words(answer), *said])
    short = answer.answer if answer.answer != answer.citations[0].quote else ""
    return "\n\n".join(filter(None, (short, *map(quoted, answer.citations))))


def _in_words_or_none(part: Answer) -> str:
    given = part.answered or part.computed is not None
    return answer_in_words(part) if given else refusal_in_words(part)


def location(citation: Citation) -> str:
    """Say where in its document a quote stands: page or slide, else the heading above it."""
    if citation.page is None:
        return citation.heading
    slides = citation.doc_id.lower().endswith((".pptx", ".pptm"))
    scanned = " (scanned)" if citation.scanned else ""
    return f"{'slide' if slides else 'page'} {citation.page}{scanned}"


def pages_in_words(pages: Sequence[int]) -> str:
    """Name some pages, the first of many: `pages 2, 5–7 and 3 more`."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    shown = [f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs[:_NAMED_RUNS]]
    rest = sum(map(len, runs[_NAMED_RUNS:]))
    more = f" and {rest:,} more" if rest else ""
    return f"page{'s' if len(pages) > 1 else ''} {', '.join(shown)}{more}"


def state_in_words(state: State) -> str:
    """Say that a cited file is no longer what was indexed or cited; empty if it still is."""
    return {
        "unchanged": "",
        "changed": "the file has changed since it was indexed",
        "missing": "the file is no longer there",
        "outdated": "the document has changed since, and these words no longer stand in it",
    }[state]


def confidence_in_words(confidence: float) -> str:
    """Say a probability in words, with the figure."""
    word = next(word for least, word in _LEVELS if confidence >= least)
    return f"{word} ({confidence:.0%})"


def one_line(text: str) -> str:
    """Put a text on one line, without control and direction-changing characters."""
    return " ".join(_CONTROLS.sub(" ", text).split())
