"""Join the two parts of a paragraph that runs over the end of a page or column.

What a page has between the two parts of a paragraph, a footnote, a caption, a table, comes
before or after the whole, on the page where it is.
"""

import re

from qa.formats.pdf.lines import HYPHENS
from qa.formats.pdf.style import Draft, Style, is_alike

# In sizes of the font.
_INDENT = 0.8
_NOTE_SIZE = 0.93
_PASSED = 12
_SENTENCE_END = re.compile(
    r"(?:[.!?:…。！？：][\"'”’»)\]\s]*|(?<=[^\W\d])[.!?][\"”’»)]*(?:[\d⁰¹²³⁴-⁹]{1,3}|\[[\d, ]+\]))$"
)
_CAPTION = re.compile(
    r"(?:figure|fig\.|table|tab\.|abbildung|abb\.|tabelle|tableau|figura|tabla)\s*\d", re.IGNORECASE
)


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends where a line does, be it with a footnote's number."""
    return _SENTENCE_END.search(text) is not None


def is_caption(text: str) -> bool:
    """Whether it begins like the caption of a figure or a table."""
    return _CAPTION.match(text) is not None


def is_note(draft_size: float, style: Style) -> bool:
    """Whether it is set smaller than most of the text."""
    return draft_size < _NOTE_SIZE * style.size


def take_up(drafts: list[Draft], made: list[Draft], style: Style, *, apart: bool) -> None:
    """Append blocks, the first of them to the paragraph it goes on with, if it does.

    Args:
        drafts: The blocks so far; changed.
        made: What comes next, at least one block.
        style: What most of the document looks like.
        apart: A page or a column ends in between.
    """
    at = _unfinished(drafts, made[0], style, apart)
    if at is None:
        drafts += made
        return
    before, *between = drafts[at:]
    last = before.lines[-1].page
    # What stood between goes where its page is: before the paragraph, or after it.
    early = [draft for draft in between if draft.lines[0].page == last]
    late = [draft for draft in between if draft.lines[0].page != last]
    before.lines += made[0].lines
    before.forced += made[0].forced
    drafts[at:] = [*early, before, *late, *made[1:]]


def _unfinished(drafts: list[Draft], following: Draft, style: Style, apart: bool) -> int | None:
    """Find the block that another one goes on with, past notes and captions."""
    first = following.lines[0]
    if following.kind != "paragraph" or is_caption(first.text):
        return None
    if first.fixed != style.fixed:  # code
        return None
    for at in range(len(drafts) - 1, max(len(drafts) - _PASSED, 0) - 1, -1):
        draft, passed = drafts[at], drafts[at + 1 :]
        if draft.kind in ("paragraph", "item") and not _is_aside(draft, style):
            fits = (apart or passed) and _goes_on(draft, following, surely=bool(passed))
            return at if fits and _keep_their_pages(draft, passed, following) else None
        if not _is_aside(draft, style):
            return None
    return None


def _is_aside(draft: Draft, style: Style) -> bool:
    return (
        draft.kind == "row"
        or is_note(draft.size, style)
        or draft.lines[0].angle != 0
        or is_caption(draft.lines[0].text)
    )


def _keep_their_pages(draft: Draft, passed: list[Draft], following: Draft) -> bool:
    """Whether what stands between two parts of a block can do so before or after the whole."""
    first, last, after = draft.lines[0].page, draft.lines[-1].page, following.lines[0].page
    pages = {line.page for other in passed for line in other.lines}
    return pages <= {last, after} and (first == last or last not in pages)


def _goes_on(draft: Draft, following: Draft, *, surely: bool) -> bool:
    """Whether a sentence runs from one block into the next.

    Args:
        draft: What may be unfinished.
        following: What may go on with it.
        surely: A capital letter will not do.
    """
    above, below = draft.lines[-1], following.lines[0]
    if not is_alike(above, below) or ends_sentence(above.text):
        return False
    first = below.text.lstrip("\"'“‘«([")[:1]
    if above.text.endswith(HYPHENS) or first.islower():
        return True
    right = max(line.right for line in draft.lines)
    full = len(draft.lines) > 1 and above.right > right - 2 * above.size
    indented = (
        len(following.lines) > 1 and below.left > following.lines[1].left + _INDENT * below.size
    )
    return full and first.isalnum() and not indented and not surely
