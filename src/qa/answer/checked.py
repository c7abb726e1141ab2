"""Take a question as a person sent it: not empty, not a pasted page."""

import unicodedata

from qa.errors import UsageError
from qa.words import without_half_pairs

# A question longer than this is a pasted page; the encoder would read only its start.
MAX_QUESTION_CHARACTERS = 2_000


def checked_question(question: str) -> str:
    """Trim a question and compose its accents (NFC).

    Raises:
        UsageError: It is empty or longer than 2,000 characters.
    """
    # A terminal or a JSON escape can hold half of a surrogate pair; nothing else can.
    question = without_half_pairs(question).replace("\0", " ")
    question = unicodedata.normalize("NFC", question).strip()
    if not question:
        raise UsageError("the question is empty: ask something, for example: qa ask 'Who …?'")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise UsageError(
            f"the question has {len(question):,} characters, at most "
            f"{MAX_QUESTION_CHARACTERS:,} are read: ask something shorter"
        )
    return question
