"""What is done for a collection before its page is opened."""

from pathlib import Path

from qa.index.local.generations import Index
from qa.index.opening import is_outdated, place_of
from qa.team.rooms import _begin
from qa.ui.library import WAITING
from tests.conftest import write_tiny_encoder
from tests.ui.test_library import tiny_library


def test_a_collection_of_an_earlier_versions_encoder_is_built_again(
    tmp_path: Path, corpus: Path
) -> None:
    library, index_dir = tiny_library(tmp_path, corpus), tmp_path / "index"
    _begin(library, index_dir)
    library.wait()
    assert not is_outdated(place_of(index_dir))
    write_tiny_encoder(Index.open(index_dir).encoder_dir, max_tokens=16)
    assert is_outdated(place_of(index_dir))
    _begin(library, index_dir)
    library.wait()
    assert not is_outdated(place_of(index_dir))


def test_what_waits_for_a_damaged_collection_is_carried_on(tmp_path: Path, corpus: Path) -> None:
    library, index_dir = tiny_library(tmp_path, corpus), tmp_path / "index"
    _begin(library, index_dir)
    library.wait()
    (index_dir / WAITING).touch()
    (Index.open(index_dir).folder / "vectors.faiss").write_bytes(b"")
    assert not is_outdated(place_of(index_dir))
    _begin(library, index_dir)
    library.wait()
    assert not (index_dir / WAITING).exists()
    assert Index.open(index_dir).store.n_documents == 3
