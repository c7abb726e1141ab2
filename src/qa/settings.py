"""Every setting of the product, its default, and where the default comes from."""

from dataclasses import asdict, dataclass

from qa.errors import UsageError

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
PRECISIONS = ("int8", "fp32")


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What shapes an index; kept in its manifest, a change makes a new build.

    Attributes:
        encoder: `all-MiniLM-L6-v2` (the packaged weights), or any sentence-transformers
            name or folder.
        precision: `int8`, or `fp32` for an encoder that does not survive quantisation.
        language: ISO 639 code; chooses the rules for sentence ends.
        merge_tokens: Passages shorter than this take in their neighbours (docs/LOG.md).
        context_tokens: Longest heading path given to the encoder with a passage.
        max_file_bytes: Larger files are skipped, with a warning.
    """

    encoder: str = DEFAULT_ENCODER
    precision: str = "int8"
    language: str = "en"
    merge_tokens: int = 24
    context_tokens: int = 40
    max_file_bytes: int = 64_000_000

    def __post_init__(self) -> None:
        """Check what a person may have typed.

        Raises:
            UsageError: A value is out of range.
        """
        if self.precision not in PRECISIONS:
            raise UsageError(
                f"precision must be one of {', '.join(PRECISIONS)}: {self.precision!r}"
            )
        if not self.encoder.strip():
            raise UsageError("encoder must be a sentence-transformers name or a folder, not empty")

    def to_json(self) -> dict[str, str | int]:
        """Give the settings as the manifest keeps them."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class AskSettings:
    """What shapes an answer; may differ from call to call on the same index.

    Attributes:
        k: Passages returned with an answer.
        candidates: Passages each of dense and lexical search puts forward.
        lexical_weight: Weight of BM25, as a share of the best it could be for the
            question, beside the cosine. Chosen on the calibration split and three public
            sets, never on the test split (docs/LOG.md).
        read_passages: How many of the best passages the reader looks at.
        min_confidence: Below it the program abstains. None: as calibrated for the reader.
    """

    k: int = 5
    candidates: int = 100
    lexical_weight: float = 0.7
    read_passages: int = 5
    min_confidence: float | None = None

    def __post_init__(self) -> None:
        """Check what a person may have typed.

        Raises:
            UsageError: A value is out of range.
        """
        if not 1 <= self.k <= 100:
            raise UsageError(f"k must be from 1 to 100: {self.k}")
        if self.min_confidence is not None and not 0 <= self.min_confidence <= 1:
            raise UsageError(f"the least confidence must be from 0 to 1: {self.min_confidence}")
