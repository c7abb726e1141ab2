"""Draw a document, as text or as the picture of a page, with the cited words marked."""

import base64
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from qa.answer.outcome.table import Grid, grids
from qa.answer.present import pages_in_words
from qa.answer.sources import SourceView
from qa.converse.overview import Overview
from qa.documents.sandbox import PageImage
from qa.formats import has_page_images
from qa.schema import Block, Document, Span
from qa.ui.views.page import TEMPLATES, Piece, pieces
from qa.words import counted

# A page of a few hundred kilobytes is all a browser scrolls smoothly.
_PAGE_CHARACTERS = 200_000
_TOLD_CHARACTERS = 300


def text_html(
    view: SourceView,
    cited: Span | None,
    *,
    is_moved: bool = False,
    summary: Overview | None = None,
) -> str:
    """Draw a document's text, with the cited words marked.

    Args:
        view: The document and whether its file has changed.
        cited: What to mark, in document offsets; None for nothing.
        is_moved: Whether what should be marked no longer stands where it did.
        summary: What the document is, to stand above it.
    """
    text = view.document.text
    window = _window(len(text), cited)
    blocks = [b for b in view.blocks if b.end > window.start and b.start < window.end]
    return TEMPLATES.render(
        "source.html",
        **_head(view, cited, None, is_moved=is_moved),
        summary=summary,
        window=window if window != Span(0, len(text)) else None,
        blocks=_drawn(text, blocks, cited, window),
    )


def page_html(
    view: SourceView,
    cited: Span | None,
    page: int,
    image: PageImage,
    *,
    is_moved: bool = False,
    summary: Overview | None = None,
) -> str:
    """Draw the picture of one page, with the cited words boxed; otherwise as `text_html`."""
    boxes = [
        {
            "left": f"{left:.3%}",
            "top": f"{top:.3%}",
            "width": f"{right - left:.3%}",
            "height": f"{bottom - top:.3%}",
        }
        for left, top, right, bottom in image.boxes
    ]
    drawn = {
        "width": image.width,
        "height": image.height,
        "data": base64.b64encode(image.png).decode("ascii"),
        "boxes": boxes,
        "marked": view.document.text[slice(*cited)][:_TOLD_CHARACTERS] if cited else "",
    }
    return TEMPLATES.render(
        "source.html",
        **_head(view, cited, page, is_moved=is_moved),
        image=drawn,
        summary=summary,
    )


def notice_html(message: str) -> str:
    """Draw a message where a document was asked for."""
    return TEMPLATES.render("source_notice.html", message=message)


def _head(
    view: SourceView, cited: Span | None, page: int | None, *, is_moved: bool
) -> dict[str, Any]:
    """Say what stands above a document: of which page the picture is shown; None for text."""
    document = view.document
    return {
        "document": document,
        "state": view.state,
        "span": cited or Span(-1, -1),
        "words": document.text[slice(*cited)] if cited else "",
        "is_moved": is_moved,
        "page": page,
        "pages": len(document.pages),
        "has_views": has_page_images(document.doc_id) and view.state == "unchanged",
        "scan_notices": _scan_notices(document, page),
    }


def _window(length: int, cited: Span | None) -> Span:
    """Choose which part of a long document is shown: the start, or around the citation."""
    if length <= _PAGE_CHARACTERS:
        return Span(0, length)
    start = max(0, cited.start - _PAGE_CHARACTERS // 2) if cited else 0
    return Span(start, min(length, start + _PAGE_CHARACTERS))


def _drawn(
    text: str, blocks: Sequence[Block], cited: Span | None, window: Span
) -> list[dict[str, Any]]:
    """Draw blocks, rows that follow one another as a table where all of it is in view."""
    drawn: list[dict[str, Any]] = []
    for is_row, run in groupby(
        blocks, lambda block: block.kind == "row" and _inside(block, window)
    ):
        found = list(run)
        tables = grids([text[block.start : block.end] for block in found]) if is_row else []
        at = 0
        for grid in tables:
            drawn += [_block(text, block, cited, window) for block in found[at : grid.first]]
            drawn.append(_table(grid, found, cited))
            at = grid.rows[-1][0] + 1
        drawn += [_block(text, block, cited, window) for block in found[at:]]
    return drawn


def _inside(block: Block, window: Span) -> bool:
    return window.start <= block.start and block.end <= window.end


def _table(grid: Grid, blocks: Sequence[Block], cited: Span | None) -> dict[str, Any]:
    """Draw a table; of a cited row every cell is marked."""
    rows = []
    for number, cells in grid.rows:
        block = blocks[number]
        is_cited = cited is not None and block.start < cited.end and cited.start < block.end
        is_first = is_cited and cited is not None and cited.start >= block.start
        rows.append({"cells": cells, "is_cited": is_cited, "is_first": is_first})
    return {"tag": "table", "header": grid.header, "rows": rows}


def _block(document: str, block: Block, cited: Span | None, window: Span) -> dict[str, Any]:
    heading = f"h{min(block.level + 2, 6)}"
    start, end = max(block.start, window.start), min(block.end, window.end)
    if block.kind == "item":
        start = max(start, min(block.content, end))
    return {
        "tag": {"heading": heading, "item": "li", "paragraph": "p", "row": "p"}[block.kind],
        "header": (),
        "is_row": block.kind == "row",
        # Of a citation over several blocks, or cut off by the window, the first part shown.
        "is_first": cited is not None
        and (cited.start >= block.start or block.start <= window.start),
        "pieces": _marked(document[start:end], Span(start, end), cited),
    }


def _marked(text: str, place: Span, cited: Span | None) -> list[Piece]:
    """Cut a block's text at the ends of what is cited of it."""
    if cited is None or cited.end <= place.start or cited.start >= place.end:
        return pieces(text, [])
    mark = Span(max(cited.start, place.start), min(cited.end, place.end))
    return pieces(text, [mark.shift(-place.start)])


def _scan_notices(document: Document, page: int | None) -> list[str]:
    """Say which pages were not read, and that what was read in a picture may be read wrong."""
    said = []
    if page in document.unread:
        said.append("This page was not read: nothing on it can be found.")
    elif page is None and document.unread:
        them = "it" if len(document.unread) == 1 else "them"
        pages = pages_in_words(document.unread)
        said.append(f"Not read, so that nothing on {them} can be found: {pages}.")
    if page in document.scanned:
        said.append(
            "This page is a scan. Its text was read by OCR and may have errors: the picture counts."
        )
    elif page is None and document.scanned:
        pages = counted(len(document.scanned), "scanned page")
        said.append(
            f"The text of {pages} was read by OCR and may have errors: compare it with the page."
        )
    return said
