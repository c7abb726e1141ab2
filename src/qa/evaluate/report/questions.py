"""Records in, the report's list of causes and of every question out.

Pure. `words` is where everything from documents and questions is escaped.
"""

import html
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from qa.answer.present import one_line
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


def words(text: str) -> str:
    """Escape a text for HTML, on one line, without control characters."""
    return html.escape(one_line(text))


def causes(records: Sequence[Record], read: bool) -> str:
    """Make the table of what went wrong, and how often."""
    rows = "".join(
        f'<tr><th scope="row"><a href="#qr-{outcome}">{title}</a>'
        f'<br><span class="qr-quiet">{says}</span></th><td>{len(found)}</td>'
        f'<td class="qr-bar"><span style="width:{100 * len(found) / len(records):.0f}%"></span>'
        f"{100 * len(found) / len(records):.0f} %</td></tr>"
        for outcome, title, says, found in _groups(records, read)
        if outcome not in _FINE
    )
    if not rows:
        return "<section><h2>Where it fails</h2><p>It did not, on these questions.</p></section>"
    return (
        '<section><h2>Where it fails</h2><table><thead><tr><th scope="col">Cause</th>'
        '<th scope="col">Questions</th><th scope="col">Of all</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></section>"
    )


def questions(records: Sequence[Record], links: Mapping[str, str], read: bool) -> str:
    """Make the list of every question, by outcome, failures first."""
    groups = "".join(
        f'<details class="qr-group" id="qr-{outcome}"{"" if outcome in _FINE else " open"}>'
        f'<summary><h3>{title} <span class="qr-n">{len(found)}</span></h3></summary>'
        f'<p class="qr-quiet">{says}</p>'
        f"{''.join(_question(record, links) for record in found)}</details>"
        for outcome, title, says, found in _groups(records, read)
    )
    return (
        '<section><h2>Every question</h2><p class="qr-filter" hidden><label>Find '
        '<input type="search" placeholder="words of a question, answer or source"></label> '
        f'<span role="status"></span></p>{groups}</section>'
    )


def _groups(records: Sequence[Record], read: bool) -> list[tuple[Outcome, str, str, list[Record]]]:
    """Give the outcomes there are, with what they are called and their questions."""
    found = []
    for outcome, (title, says) in _OUTCOMES.items():
        own = [record for record in records if record.outcome == outcome]
        if not read:
            title, says = _FOUND if outcome in _FINE else _NOT_FOUND
        if own:
            found.append((outcome, title, says, own))
    return found


def _question(record: Record, links: Mapping[str, str]) -> str:
    sure = "" if record.confidence is None else f"{record.confidence * 100:.0f} % sure"
    fields = [("Answer", _answer(record))] if record.confidence is not None else []
    fields += [("Expected", _several(record.answers))] if record.answers else []
    if record.evidence:
        fields.append(("Evidence", _several(record.evidence, "qr-evidence")))
    fields += [("Citation", _citation(c, record, links)) for c in record.citations]
    place = "not among the first ten" if record.rank is None else f"number {record.rank}"
    fields += [("Found as", place)] if record.answerable else []
    fields.append(("Id, time", f"{words(record.id)}, {record.latency_ms:.0f} ms"))
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in fields)
    return (
        f'<details class="qr-q"><summary><span>{words(record.question)}</span> '
        f'<span class="qr-quiet">{sure}</span></summary><dl>{listed}</dl></details>'
    )


def _answer(record: Record) -> str:
    said = words(record.answer or "") or "nothing was found"
    if record.answered:
        return f"<strong>{said}</strong>"
    return f'“The documents don\'t say.” <span class="qr-quiet">It held back: {said}</span>'


def _several(texts: Sequence[str], kind: str = "") -> str:
    shown = [words(text) for text in texts]
    if kind:
        shown = [f'<span class="{kind}">{text}</span>' for text in shown]
    return shown[0] if len(shown) == 1 else f"<ul>{''.join(f'<li>{t}</li>' for t in shown)}</ul>"


def _citation(cited: Cited, record: Record, links: Mapping[str, str]) -> str:
    place = f"{words(cited.doc_id)}, characters {cited.start}–{cited.end}"
    if cited.doc_id in links:
        target = html.escape(links[cited.doc_id] + text_fragment(cited.quote))
        place = f'<a href="{target}" target="_blank" rel="noopener noreferrer">{place}</a>'
    else:  # the script makes a button of it where a page around it can open the place
        where = f'data-doc-id="{html.escape(cited.doc_id)}" data-start="{cited.start}"'
        place = f'<span class="qr-place" {where} data-end="{cited.end}">{place}</span>'
    notes = [] if cited.valid else ["the quote does not stand there"]
    if record.answerable:
        notes.append(_level(cited))
    quoted = _marked(cited.quote, record.answer or "")
    return f"<blockquote>{quoted}</blockquote>{place} <em>{'; '.join(notes)}</em>"


def _level(cited: Cited) -> str:
    if cited.sentence:
        return "right sentence"
    if cited.passage:
        return "right passage, another sentence"
    return "right document, wrong passage" if cited.document else "wrong document"


def _marked(text: str, answer: str) -> str:
    """Escape a quote, with the answer in it set off where it is only part."""
    before, found, after = text.partition(answer) if answer and answer != text else (text, "", "")
    if not found:
        return words(text)
    lead = " " if before[-1:].isspace() else ""
    trail = " " if after[:1].isspace() else ""
    return f"{words(before)}{lead}<mark>{words(found)}</mark>{trail}{words(after)}"


def text_fragment(text: str) -> str:
    """Make the part of a URL that scrolls to a text (WICG Scroll to Text Fragment)."""
    parts = text.split()
    ends = [parts] if len(parts) <= 2 * _FRAGMENT_WORDS else [
        parts[:_FRAGMENT_WORDS], parts[-_FRAGMENT_WORDS:]
    ]  # fmt: skip
    encoded = [_encoded(" ".join(end)) for end in ends]
    return "#:~:text=" + ",".join(encoded)


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="replace").replace("-", "%2D")
