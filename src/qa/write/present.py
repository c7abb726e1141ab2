"""Present what was written as text for a terminal or as JSON; HTML is made in `ui`."""

from collections.abc import Sequence
from typing import Any

from qa.answer.present import citation_to_json, cited_place, one_line
from qa.schema import Citation
from qa.words import counted
from qa.write.writer import Written, WrittenSentence


def written_to_json(written: Written) -> dict[str, Any]:
    """Make the `written` object of the command line's contract (docs/CONTRACT.md)."""
    return {
        "model": written.model,
        "sent_to": written.place,
        "stands": written.stands,
        "sentences": [sentence_to_json(sentence) for sentence in written.sentences],
        "seconds": round(written.seconds, 2),
        "error": written.error or None,
    }


def sentence_to_json(sentence: WrittenSentence) -> dict[str, Any]:
    """Make a sentence of that object."""
    return {
        "text": sentence.text,
        "struck": sentence.reason or None,
        "citations": [citation_to_json(citation) for citation in sentence.citations],
    }


def written_to_text(written: Written) -> str:
    """Render what was written, each sentence with the numbers of what supports it."""
    cited = sources(written)
    said = [
        f"{one_line(sentence.text)} {_numbers(sentence, cited)}"
        for sentence in written.sentences
        if sentence.citations
    ]
    lines = [" ".join(said) or "Nothing of what the writer wrote is borne out by the passages.", ""]
    lines += [
        f"  [{number}] {cited_place(citation)}\n      “{one_line(citation.quote)}”"
        for number, citation in enumerate(cited, start=1)
    ]
    lines += [
        f"  struck: “{one_line(sentence.text)}” ({sentence.reason})"
        for sentence in written.sentences
        if not sentence.citations
    ]
    lines += [f"  {one_line(written.error)}"] if written.error else []
    lines.append(f"  {by_whom(written)} · {written.seconds:.1f} s")
    return "\n".join([*lines, "", "In the documents’ own words:"])


def _numbers(sentence: WrittenSentence, cited: Sequence[Citation]) -> str:
    return "".join(f"[{cited.index(citation) + 1}]" for citation in sentence.citations)


def by_whom(written: Written) -> str:
    """Say who wrote, where the passages went, and how much was struck."""
    struck = sum(not sentence.citations for sentence in written.sentences)
    checked = f"{counted(struck, 'sentence')} struck" if struck else "every sentence checked"
    return one_line(f"written by {written.model} at {written.place}, {checked}")


def sources(written: Written) -> list[Citation]:
    """List what supports the sentences that stand, each place once, in order."""
    return list(dict.fromkeys(c for sentence in written.sentences for c in sentence.citations))
