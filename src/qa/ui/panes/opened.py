"""Open the index that is there now, if any and if it can be reached."""

from qa.answer.live import LiveAnswerer
from qa.answer.pipeline import Answerer
from qa.errors import QAError


def opened(live: LiveAnswerer) -> Answerer | None:
    """Return the current answerer; None where nothing has been built that can be used now."""
    try:
        answerer = live.current()
    except QAError:
        return None
    return None if live.problem else answerer
