"""Fill in the report's templates, and put figures into words for them."""

import base64
import hashlib
from pathlib import Path

from qa.answer.present import one_line
from qa.templates import Templates


def percent(share: float | None) -> str:
    """Write a share as a percentage; a dash for none."""
    return "–" if share is None else f"{share * 100:.0f} %"


def _counted(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


# On one line and without control characters: what documents hold may be shown in any order.
TEMPLATES = Templates(
    Path(__file__).parent / "templates",
    filters={"counted": _counted, "percent": percent, "whole": "{:.0f}".format},
    clean=one_line,
)
# Under a content security policy no other script runs, in a report or in a page that frames one.
SCRIPT_SHA256 = base64.b64encode(
    hashlib.sha256(TEMPLATES.asset("report.js").encode()).digest()
).decode()
