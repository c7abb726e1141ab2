"""Read, cut and encode documents for a build that another process, on another machine, writes.

Documents come as bytes. Does not know what brings them here, nor where they are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from qa.documents.load import SourceFile
from qa.documents.sandbox import Sandbox
from qa.errors import WorkerError
from qa.formats import parser_version, suffix_of
from qa.index.passages.chunk import ChunkLimits
from qa.index.passages.cut import Prepared, cut
from qa.index.passages.passage_vectors import by_content, encode
from qa.models.encoder import Encoder
from qa.schema import RefusedFile, SkippedFile
from qa.settings import ParseLimits
from qa.version import __version__


class Sent(Struct, frozen=True):
    """A file's name and its bytes."""

    doc_id: str
    data: bytes


class Unprepared(Struct, frozen=True, tag="unprepared"):
    """A file that is not indexed, and why.

    Attributes:
        doc_id: Of the file.
        reason: Why.
        sha256: Of its bytes if a parser has refused those, else empty.
    """

    doc_id: str
    reason: str
    sha256: str = ""

    def skipped(self) -> SkippedFile:
        """Return it as reading it in the builder's own process would have."""
        if self.sha256:
            return RefusedFile(self.doc_id, self.reason, self.sha256)
        return SkippedFile(self.doc_id, self.reason)


@dataclass(frozen=True, slots=True)
class Work:
    """How documents are prepared, the same on every machine.

    Attributes:
        program: What the builder runs, by `program`.
        limits: What one file may cost.
        passages: How long passages may be.
        language: ISO 639 code; chooses the rules for sentence ends.
    """

    program: str
    limits: ParseLimits
    passages: ChunkLimits
    language: str


class Preparer:
    """Prepares documents one after the other, with a sandbox and an encoder of its own."""

    def __init__(self, work: Work, encoder: Mapping[str, bytes]) -> None:
        """Open the encoder; the process that reads files is started when it is needed.

        Args:
            work: How documents are prepared.
            encoder: The files of the encoder's folder, by name.

        Raises:
            WorkerError: Another version of the program runs here.
            EncoderError: The encoder cannot be opened.
        """
        if program() != work.program:
            raise WorkerError(
                f"a machine of the cluster runs {program()}, the builder {work.program}: install "
                "the same on all of them"
            )
        self._work = work
        self._sandbox = Sandbox(work.limits)
        with TemporaryDirectory() as folder:
            for name, data in encoder.items():
                Path(folder, name).write_bytes(data)
            self._encoder = Encoder(Path(folder))

    def close(self) -> None:
        """End the process that reads files."""
        self._sandbox.close()

    def prepare(self, sent: Sent) -> Prepared | Unprepared:
        """Read, cut and encode one document, within the limits that hold everywhere."""
        work = self._work
        with TemporaryDirectory() as folder:
            path = Path(folder, "document" + suffix_of(sent.doc_id))
            path.write_bytes(sent.data)
            read = self._sandbox.parse(SourceFile(sent.doc_id, str(path), ""))
        if isinstance(read, SkippedFile):
            sha256 = read.sha256 if isinstance(read, RefusedFile) else ""
            return Unprepared(read.doc_id, read.reason, sha256)
        found = cut(read, self._encoder, work.passages, work.language, work.limits.seconds)
        if isinstance(found, SkippedFile):
            return Unprepared(found.doc_id, found.reason)
        vectors, tokens = encode(self._encoder, by_content(found.passages))
        return Prepared(found.parsed, found.passages, vectors, tokens)


def program() -> str:
    """Name all that decides how a document is read and cut."""
    return f"qa {__version__}, parsers {parser_version()}"
