"""The documents of an index and the files they came from: open one, say whether it has changed."""

from dataclasses import dataclass
from pathlib import Path

from qa.documents.load import source_path
from qa.documents.sandbox import PageImage, Sandbox
from qa.errors import IndexDamagedError, SourceError
from qa.files import file_sha256
from qa.index.stores.protocols import StoreReader
from qa.schema import Block, Document, Span, State


@dataclass(frozen=True, slots=True)
class SourceView:
    """A document opened from a citation or the list.

    Attributes:
        document: As indexed.
        blocks: Its structure.
        state: Whether its file is still `unchanged` since it was indexed, has
            `changed`, or is `missing`.
        path: The file; None when it is missing.
    """

    document: Document
    blocks: tuple[Block, ...]
    state: State
    path: Path | None


class SourceFiles:
    """The documents of one index, and where their files are. Safe to use from several threads."""

    def __init__(self, store: StoreReader, corpus: Path) -> None:
        """Prepare.

        Args:
            store: Has the documents as indexed.
            corpus: The folder their files were in.
        """
        self._store = store
        self._corpus = corpus
        self._seen: dict[str, tuple[tuple[int, int, int], str]] = {}

    def document(self, doc_id: str) -> Document:
        """Return a document as indexed.

        Raises:
            IndexDamagedError: The index has a passage of it, but not it.
        """
        document = self._store.document(doc_id)
        if document is None:
            raise IndexDamagedError(
                f"the index has a passage of {doc_id!r} but not the document; "
                "build it again with: qa index --rebuild"
            )
        return document

    def text(self, doc_id: str) -> str:
        """Return a document's text; raises as `document`."""
        return self.document(doc_id).text

    def open(self, doc_id: str) -> SourceView | None:
        """Open a document, and say whether its file has changed; None if there is none."""
        document = self._store.document(doc_id)
        if document is None:
            return None
        state = self.state(doc_id, document.sha256)
        path = source_path(self._corpus, doc_id)
        return SourceView(document, self._store.blocks(doc_id), state, path)

    def draw_page(self, doc_id: str, page: int, span: Span | None, sandbox: Sandbox) -> PageImage:
        """Draw a page of a document's file; see `Answerer.draw_page`."""
        document = self._store.document(doc_id)
        path = source_path(self._corpus, doc_id)
        if document is None or path is None:
            raise SourceError(f"{doc_id} is no longer where it was indexed")
        return sandbox.draw_page(path, document.sha256, self._store.layout(doc_id), page, span)

    def state(self, doc_id: str, sha256: str) -> State:
        """Say whether a document's file is as it was; one that looks untouched is hashed once."""
        path = source_path(self._corpus, doc_id)
        if path is None:
            return "missing"
        try:
            stat = path.stat()
            seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if doc_id not in self._seen or self._seen[doc_id][0] != seen:
                self._seen[doc_id] = (seen, file_sha256(path))
        except OSError:
            return "missing"
        return "unchanged" if self._seen[doc_id][1] == sha256 else "changed"
