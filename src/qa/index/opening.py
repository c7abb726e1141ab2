"""Find the place where an index is kept: a folder, or a Milvus that `--store` names."""

from contextlib import closing
from pathlib import Path

from qa.errors import IndexOutdatedError, QAError
from qa.index.local.place import LocalPlace
from qa.index.stores.protocols import IndexReader, Place
from qa.models.encoder import EncoderCard, read_card


def place_of(index_dir: Path, store: str = "") -> Place:
    """Return where an index is kept.

    Args:
        index_dir: Its folder; has the models and the calibration in any case.
        store: Address of a Milvus (`docs/CLUSTER.md`); empty for the folder.

    Raises:
        UsageError: The address is none.
    """
    if not store:
        return LocalPlace(index_dir)
    from qa.index.milvus.address import Address

    address = Address.parse(store)
    from qa.index.milvus.place import MilvusPlace  # only who has it needs pymilvus

    return MilvusPlace(index_dir, address)


def is_outdated(place: Place) -> bool:
    """Whether an index cannot be asked, as an earlier version of the program has built it.

    Its passages were others, or the packaged encoder was. `qa index` builds it again. What cannot
    be opened for another reason is not: who opens it is told why.
    """
    try:
        with closing(place.open()) as index:
            return not is_encoder_of(index, read_card(index.encoder_dir))
    except IndexOutdatedError:
        return True
    except QAError:
        return False


def is_encoder_of(index: IndexReader, card: EncoderCard) -> bool:
    """Whether an index's vectors can be compared with an encoder's."""
    return index.manifest.encoder_fingerprint == card.fingerprint
