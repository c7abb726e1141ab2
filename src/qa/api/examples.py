"""Examples for the description of the HTTP interface; tests send them and compare."""

from typing import Any

QUESTION: dict[str, Any] = {"question": "How many cocaine laboratories were destroyed in 2018?"}
SEARCH: dict[str, Any] = {"question": "coca eradication", "k": 2}
PLACE: dict[str, Any] = {"doc_id": "inl-peru.txt", "start": 2877, "end": 2998, "around": 200}
_QUOTE = (
    "These units also destroyed 351 cocaine laboratories, seized 25.9 MT of coca leaf, and "
    "destroyed 65 clandestine airstrips."
)
_CITATION: dict[str, Any] = {
    "doc_id": "inl-peru.txt",
    "title": "inl-peru",
    "page": None,
    "start": 2877,
    "end": 2998,
    "quote": _QUOTE,
    "heading": "",
    "state": "unchanged",
    "scanned": False,
    "table": None,
    "trusted": True,
}
ANSWER: dict[str, Any] = {
    "id": None,
    **QUESTION,
    "answered": True,
    "state": "answer",
    "answer": "351",
    "confidence": 0.9,
    "citations": [_CITATION],
    "listed": [],
    "versions": [],
    "parts": [],
    "choices": [],
    "read_as": [],
    "language": None,
    "suggestion": None,
    "possible": None,
    "computed": None,
    "passages": [],
    "timings_ms": {"total": 56.0},
    "understood": None,
    "said": None,
    "more": [],
    "overview": None,
}
JUDGED: dict[str, Any] = {
    **QUESTION,
    "verdict": "up",
    "answer": "351",
    "confidence": 0.9,
    "citations": [{"doc_id": "inl-peru.txt", "start": 2877, "end": 2998, "quote": _QUOTE}],
}
