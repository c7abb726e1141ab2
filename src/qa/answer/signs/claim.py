"""Make a claim of a question and its answer: "Ada wrote it." of "Who wrote it?" and "Ada".

A network that tells whether a text supports a claim can then say whether a sentence says what the
answer makes of it. The claim need not be good English. Does not know the network.
"""

import re

_ASKS = re.compile(
    r"\b(?:how (?:many|much)|(?:at|in|on|by|to|for|from) (?:what|which)|what|which|whom?|when|"
    r"(?P<place>where)|how \w+|why)\b",
    re.IGNORECASE,
)


def as_claim(question: str, answer: str) -> str:
    """Put an answer in the place of what asks; behind a question that nothing asks in.

    Args:
        question: As asked.
        answer: The answer's words.
    """
    bare = question.rstrip("?？ ")
    asks = _ASKS.search(bare)
    if asks is None:
        return f"{bare} {answer}"
    said = f"in {answer}" if asks["place"] else answer
    return f"{bare[: asks.start()]}{said}{bare[asks.end() :]}."
