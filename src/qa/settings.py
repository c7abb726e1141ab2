"""Keep every setting of the product, its default, and where the default comes from."""

from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase

from qa.errors import UsageError

DEFAULT_ENCODER = "packaged"
DEFAULT_READER = "packaged"
PRECISIONS = ("int8", "fp32")


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What shapes an index; kept in its manifest, a change makes a new build.

    Attributes:
        encoder: `packaged`, `all-MiniLM-L6-v2` (what that was trained from), or any
            sentence-transformers name or folder.
        reader: `packaged`, a folder that `train.reader` made, or the name or folder of a
            Hugging Face question-answering model.
        precision: `int8`, or `fp32` for an encoder that does not survive quantisation; the
            packaged models are int8.
        language: ISO 639 code; chooses the rules for sentence ends.
        merge_tokens: Passages shorter than this take in their neighbours (docs/LOG.md).
        context_tokens: Longest title and heading path given to the encoder with a passage.
    """

    encoder: str = DEFAULT_ENCODER
    reader: str = DEFAULT_READER
    precision: str = "int8"
    language: str = "en"
    merge_tokens: int = 24
    context_tokens: int = 40

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
            raise UsageError(
                f"encoder must be {DEFAULT_ENCODER}, a sentence-transformers name or a folder, "
                "not empty"
            )
        if not self.reader.strip():
            raise UsageError(
                f"reader must be {DEFAULT_READER}, a model's name or a folder, not empty"
            )

    def to_json(self) -> dict[str, str | int]:
        """Return the settings as the manifest keeps them."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """What one file may cost; a file that costs more is skipped, saying so.

    They decide what is read, never how: changing one re-reads only the files it let out.

    Attributes:
        file_bytes: Size of the file.
        seconds: Wall-clock time of parsing it.
        memory_bytes: Address space of the process that parses it (held on Linux only).
        characters: Length of its text.
        unpacked_bytes: What a zipped format may unpack to, all parts together.
        entries: Files in such an archive.
        depth: Levels of nested elements.
        pages: Pages of a PDF.
        cells: Cells of a spreadsheet that hold something.
        ocr_pages: Scanned pages of a PDF; 0 to read none. Each may take `seconds`.
    """

    file_bytes: int = 100_000_000
    seconds: float = 180.0
    memory_bytes: int = 2_000_000_000
    characters: int = 20_000_000
    unpacked_bytes: int = 400_000_000
    entries: int = 10_000
    depth: int = 200
    pages: int = 5_000
    cells: int = 2_000_000
    ocr_pages: int = 500

    def __post_init__(self) -> None:
        """Check what a person may have typed.

        Raises:
            UsageError: A limit is not above 0, or below 0 where nothing may be wanted.
        """
        for name, value in asdict(self).items():
            if not (value > 0 or (value == 0 and name == "ocr_pages")):
                raise UsageError(f"the limit {name} must be above 0: {value}")


@dataclass(frozen=True, slots=True)
class AskSettings:
    """What shapes an answer; may differ from call to call on the same index.

    Attributes:
        k: Passages returned with an answer.
        candidates: Passages each of dense and lexical search puts forward.
        lexical_weight: Weight of BM25, as a share of the best it could be for the
            question, beside the cosine. Chosen on the calibration split and three public
            sets, never on the test split (docs/LOG.md).
        read_passages: How many passages the reader looks at, of ten those that have most of the
            question.
        max_risk: Expected share of wrong answers among those given, 0 to 1: the reader's
            calibration turns it into the confidence below which the program abstains.
        untrusted: Patterns of paths of documents that are not trusted: what one of them says is
            marked, and never stands alone where trusted ones say something else.
    """

    k: int = 5
    candidates: int = 100
    lexical_weight: float = 0.7
    read_passages: int = 3
    max_risk: float = 0.15
    untrusted: tuple[str, ...] = ()

    def trusts(self, doc_id: str) -> bool:
        """Whether a document is trusted: none of the patterns is for it, or a folder it is in."""
        return not any(
            fnmatchcase(doc_id, pattern) or doc_id.startswith(f"{pattern.rstrip('/')}/")
            for pattern in self.untrusted
        )

    def __post_init__(self) -> None:
        """Check what a person may have typed.

        Raises:
            UsageError: A value is out of range.
        """
        if not 1 <= self.k <= 100:
            raise UsageError(f"k must be from 1 to 100: {self.k}")
        if not 0 <= self.max_risk <= 1:
            raise UsageError(f"the greatest risk must be from 0 to 1: {self.max_risk}")


@dataclass(frozen=True, slots=True)
class WriterSettings:
    """A chat model of the user's that writes prose from passages; there is none by default.

    Attributes:
        url: Address of an OpenAI-compatible endpoint, such as `http://127.0.0.1:11434/v1`.
        model: Its name there.
        seconds: The most one answer may take.
        max_tokens: The most the model may write.
    """

    url: str
    model: str
    seconds: float = 60.0
    max_tokens: int = 400

    def __post_init__(self) -> None:
        """Check what a person may have typed.

        Raises:
            UsageError: A value is missing or out of range.
        """
        if not self.model:
            raise UsageError("--llm wants the model's name, too: --llm-model NAME")
        if self.seconds <= 0 or self.max_tokens <= 0:
            raise UsageError("the writer's seconds and tokens must be above 0")
