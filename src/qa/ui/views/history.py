"""Draw the drawer of conversations that are kept."""

from collections.abc import Sequence
from typing import Any

from qa.ui.history.store import Entry
from qa.ui.views.page import TEMPLATES


def history_html(*, is_kept: bool) -> str:
    """Draw the drawer; its script fills the list.

    Args:
        is_kept: Whether conversations are kept at all.
    """
    return TEMPLATES.render("history.html", is_kept=is_kept)


def entries_html(entries: Sequence[Entry], query: str = "") -> str:
    """Draw the list of conversations, the newest first."""
    return TEMPLATES.render(
        "history_rows.html", rows=[_row(entry) for entry in entries], query=query.strip()
    )


def _row(entry: Entry) -> dict[str, Any]:
    return {"id": entry.id, "title": entry.title, "turns": entry.turns, "changed": entry.changed}
