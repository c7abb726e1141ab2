"""Tell lines of programs and commands from prose, and questions that want one.

Knows the looks of code, not any language. Does not know scores.
"""

import re

from qa.words import FUNCTION_WORDS, words

_PROMPT = re.compile(r"\s*(?:>>>|\.\.\. |\$ |In \[\d+\]:|C:\\>|#!)")
_COMMAND = re.compile(
    r"\s*(?:apt(?:-get)?|brew|cargo|cd|conda|curl|def|docker|export|from \w+ import|git|import|"
    r"make|npm|pip3?|pytest|python3?|select|sudo) \S",
    re.IGNORECASE,
)
_LOOKS = [
    re.compile(look)
    for look in (
        r"\w\(", r"\w=\S", r"(?:^|\s)--?[a-z]", r"[a-z]_[a-z]", r"[{}]", r"->|::|=>", r";\s*$",
        r"</?\w+>", r"\$\w", r"\w\[",
    )
]  # fmt: skip
_MOST_SMALL_WORDS = 0.15
_WANTS_PROGRAM = re.compile(
    r"\bhow (?:do|does|can|could|should|to|would|must|is|are)\b|"
    r"\b(?:command|code|query|example|snippet|expression|script|call|calls|formula|syntax|line|import|"
    r"install|print|prints|output|returns?|function|method|option|options|flag|flags|parameter|"
    r"argument|arguments|variable|setting|run|type|write|usage|use)\b",
    re.IGNORECASE,
)


def is_program(text: str) -> bool:
    """Whether a text is a line of a program or a command, and no sentence."""
    if _PROMPT.match(text):
        return True
    said = words(text)
    small = sum(word in FUNCTION_WORDS for word in said)
    if not said or small > _MOST_SMALL_WORDS * len(said):
        return False
    ends = text.rstrip().endswith((".", "!", "?", ":"))
    if _COMMAND.match(text) and not ends:
        return True
    return sum(look.search(text) is not None for look in _LOOKS) > 1


def wants_program(question: str) -> bool:
    """Whether a line of a program may answer a question."""
    return _WANTS_PROGRAM.search(question) is not None
