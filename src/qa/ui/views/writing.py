"""Draw what a model of the user's writes about an answer."""

from qa.ui.views.page import TEMPLATES
from qa.write.present import by_whom, sources
from qa.write.writer import Written


def writing_html(written: Written | None) -> str:
    """Draw what has been written so far, each sentence with what opens its places.

    Args:
        written: None before the first sentence.
    """
    cited = sources(written) if written else []
    numbers = {citation: number for number, citation in enumerate(cited, start=1)}
    return TEMPLATES.render(
        "written.html",
        written=written,
        sentences=[s for s in written.sentences if s.citations] if written else [],
        struck=[s for s in written.sentences if not s.citations] if written else [],
        numbers=numbers,
        by_whom=by_whom(written) if written else "",
    )
