"""Go through all that an index folder holds, and say what is not as it was written.

Does not repair: `qa index` does. Does not know the command line.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from qa.errors import IndexDamagedError, QAError
from qa.index.local.generations import Index, current_generation, generation_names
from qa.index.local.store import Store
from qa.index.opening import is_encoder_of
from qa.models.encoder import Encoder
from qa.models.hashes import HASHES_FILE
from qa.models.span_network import SpanNetwork


def check_index(index_dir: Path, told: Callable[[str], object]) -> Iterator[str]:
    """Yield a line for everything that is wrong; nothing if all is right.

    Args:
        index_dir: A folder that `qa index` has built.
        told: Called with what is looked at next.

    Raises:
        IndexMissingError: Nothing has been built there.
        IndexDamagedError: What says which generation answers cannot be read.
    """
    current = current_generation(index_dir)
    for name in sorted({current, *generation_names(index_dir)}, key=int):
        told(f"generation {name}")
        which = "" if name == current else ", which answers should the current one be damaged"
        try:
            index = Index(index_dir, name)
        except IndexDamagedError as error:
            yield f"generation {name}{which}: {error}"
            continue
        try:
            if wrong := index.find_damage():
                yield f"generation {name}{which}: {wrong}"
            yield from (f"generation {name}{which}: {said}" for said in _in_store(index.store))
        finally:
            index.close()
        if name == current:
            yield from _in_models(index, told)


def _in_store(store: Store) -> Iterator[str]:
    """Yield what is wrong in a store: its pages, its documents, its passages."""
    try:
        yield from store.broken_pages()
        for info in store.documents():
            try:
                parsed = store.parsed(info.doc_id)
                text = parsed.document.text if parsed else ""
                for row, passage in store.passages_of(info.doc_id):
                    store.sentence_vectors(row)
                    if text[passage.start : passage.end] != passage.text:
                        yield f"{info.doc_id}: a passage is not a slice of its text"
            except IndexDamagedError as error:
                yield f"{info.doc_id}: {error}"
    except IndexDamagedError as error:
        yield str(error)


def _in_models(index: Index, told: Callable[[str], object]) -> Iterator[str]:
    """Yield what is wrong with the encoder and the reader."""
    opening: list[tuple[Path, Callable[[Path], object]]] = [
        (index.encoder_dir, Encoder),
        (index.reader_dir, SpanNetwork),
    ]
    for folder, open_model in opening:
        told(f"model {folder.name}")
        try:
            model = open_model(folder)
        except QAError as error:
            yield str(error)
        else:
            if isinstance(model, Encoder) and not is_encoder_of(index, model.card):
                yield "it was built with another encoder than this version brings: run qa index"
            if not (folder / HASHES_FILE).exists():
                yield f"{folder} has no hashes to be compared with: an older version wrote it"
