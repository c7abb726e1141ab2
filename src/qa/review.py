"""Drafted gold questions in, decisions in, reviewed ones out; one file, at any time whole.

Does not know how questions are drafted, nor the terminal: it asks through a function.
"""

import json
from pathlib import Path


def count_drafts(path: Path) -> tuple[int, int]:
    """Count the questions of a gold file that are still drafts, and all of them.

    A file that is not JSON lines has none.
    """
    records = []
    try:
        for line in path.read_text("utf-8-sig").split("\n"):
            if line.strip():
                records.append(json.loads(line))
    except (OSError, ValueError, RecursionError):
        return 0, 0
    drafts = [isinstance(record, dict) and record.get("draft") is True for record in records]
    return sum(drafts), len(drafts)
