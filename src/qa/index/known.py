"""Documents that need no reading, because some store has the same content.

Does not know how a store is chosen, nor what is done with a document.
"""

from collections.abc import Sequence
from dataclasses import replace

from qa.documents.load import SourceFile, title_from_name
from qa.formats import suffix_of
from qa.index.store import Store
from qa.schema import ParsedDocument


class KnownDocuments:
    """Files' documents that some stores have as their parsers gave them, by content and kind."""

    def __init__(self, stores: Sequence[Store], sources: Sequence[SourceFile]) -> None:
        wanted = {source.sha256 for source in sources}
        self._where = {
            (sha256, suffix_of(doc_id)): (store, doc_id)
            for store in reversed(stores)
            for doc_id, sha256 in store.hashes().items()
            if sha256 in wanted
        }

    def has(self, source: SourceFile) -> bool:
        """Whether a file's content is there, read as a file of its kind."""
        return (source.sha256, suffix_of(source.doc_id)) in self._where

    def get(self, source: SourceFile) -> ParsedDocument | None:
        """Give a file's document under its own name; None if it is not there any more."""
        if not self.has(source):
            return None
        store, doc_id = self._where[source.sha256, suffix_of(source.doc_id)]
        parsed = store.parsed(doc_id)
        if parsed is None or parsed.document.sha256 != source.sha256:
            return None
        document = parsed.document
        own = document.title != title_from_name(doc_id)
        title = document.title if own else title_from_name(source.doc_id)
        return replace(parsed, document=replace(document, doc_id=source.doc_id, title=title))
