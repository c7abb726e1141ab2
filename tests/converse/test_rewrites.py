"""Completed questions are measured by the words that people added to them."""

import json
from pathlib import Path

from benchmarks.rewrites import measure_rewrites

ENTRIES = (
    [
        {
            "history": [f"Who founded mill {n}?", "Ida Holm"],
            "question": "How old is she?",
            "rewrite": "How old is Ida Holm?",
            "source": "made",
        }
        for n in range(20)
    ]
    + [
        {
            "history": [f"Who founded mill {n}?", "Ida Holm"],
            "question": "What is a mill?",
            "rewrite": "What is a mill?",
            "source": "made",
            "standalone": True,
        }
        for n in range(20)
    ]
    + [
        {
            "history": [],
            "question": "Who no where is it?",
            "rewrite": "Where is it?",
            "source": "disfl_qa",
        }
    ]
)


def test_half_of_the_conversations_are_measured(tmp_path: Path) -> None:
    path = tmp_path / "rewrites.jsonl"
    path.write_text("\n".join(map(json.dumps, ENTRIES)))
    (source,) = measure_rewrites(path).items()
    name, count = source
    assert name == "made"
    assert 0 < count["follow"] < 20
    assert count["alone"] == count["left"] == count["follow"]
    assert count["found"] == count["wanted"] == 2 * count["follow"]
