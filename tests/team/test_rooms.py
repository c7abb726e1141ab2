"""What is done for a collection before its page is opened."""

from pathlib import Path

from qa.index.local.generations import Index
from qa.index.opening import is_outdated, place_of
from qa.team.rooms import _begin
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
