"""Tell columns of times, places and people by what they are called and hold."""

import re
from collections.abc import Sequence

from qa.answer.signs.tables.cells import Cell
from qa.months import MONTH_OR_SHORT

TIMES = re.compile(r"\b(?:day|date|time|when|weekday|week|month|due|deadline)s?\b", re.IGNORECASE)
PLACES = re.compile(
    r"\b(?:place|location|where|room|street|address|city|town|site|venue|station|country|region|"
    r"area|building|hall|stop|shop|branch|office|bin|shelf|rack|locker|drawer|cabinet|warehouse)"
    r"(?:e?s)?\b",
    re.IGNORECASE,
)
PEOPLE_COLUMN = re.compile(
    r"\b(?:who|name|person|owner|responsible|contact|lead|leader|head|manager|author|assignee|"
    r"assigned|chair|speaker|teacher|driver|doctor|officer)s?\b",
    re.IGNORECASE,
)
# Columns that are days or months themselves: "Mon 9", "March 2025".
DAY = re.compile(
    rf"(?:(?:mon|tue|wednes|wed|thu|thur|thurs|fri|satur|sat|sun)s?(?:day)?|{MONTH_OR_SHORT})\b.*",
    re.IGNORECASE,
)
_PART = r"(?:(?:Dr|Mrs?|Ms|Prof|[A-Z])\.?|[A-Z][\w'’-]+|de|van|von|da|di|al)"
NAME = re.compile(rf"{_PART}(?:\s{_PART}){{0,4}}")
_WHO = re.compile(r"^\W*(?:(?:by|with|to|for|from) )?whom?\b", re.IGNORECASE)
_WHERE = re.compile(r"^\W*where\b", re.IGNORECASE)
_WHEN = re.compile(r"^\W*(?:(?:by|since|until|from) )?when\b", re.IGNORECASE)


def cell_of_kind(question: str, text: str, row: Sequence[Cell]) -> Cell | None:
    """Find the one cell of a row that says who, where or when, as is asked; None if none does.

    Args:
        question: As asked.
        text: The row.
        row: Its cells.
    """
    if _WHO.match(question):
        named = [cell for cell in row if NAME.fullmatch(text[slice(*cell.value)])]
        people = [cell for cell in named if PEOPLE_COLUMN.search(cell.label)]
        fitting = people or [cell for cell in named if " " in text[slice(*cell.value)]]
    elif _WHERE.match(question):
        fitting = [cell for cell in row if PLACES.search(cell.label)]
    elif _WHEN.match(question):
        fitting = [cell for cell in row if TIMES.search(cell.label)]
    else:
        return None
    return fitting[0] if len(fitting) == 1 else None
