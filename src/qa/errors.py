"""Define every error this package raises on purpose.

    QAError
    ├── UsageError            an argument or a setting that cannot be used
    ├── CorpusError           the corpus folder is missing or holds nothing readable
    ├── SourceError           a document's file is gone, has changed or cannot be drawn
    ├── WorkerError           processes that read files, or serve, cannot be started
    ├── EncoderError          the encoder cannot be loaded, exported or trusted
    ├── ReaderError           the reader cannot be loaded or exported
    ├── IndexMissingError     nothing has been built in the index folder yet
    ├── IndexDamagedError     what is in the index folder cannot be used
    ├── IndexLockedError      another build is running in the same index folder
    ├── IndexWriteError       the index folder cannot be written, or the disk is full
    ├── StoreError            the Milvus that has the index cannot be reached, or refuses
    ├── CitationError         a quote is not at its offsets: a bug, never shown as an answer
    ├── GoldError             a gold file is malformed
    ├── WriterError           the model that writes cannot be reached, or broke off
    ├── CalibrationError      a calibration cannot be fitted, read or written
    ├── FeedbackError         the feedback file cannot be used, or an entry is not there
    ├── HistoryError          the file of conversations cannot be used
    ├── TeamError             the file of a team's accounts cannot be used
    └── AbandonedError        nobody waits for the answer any more

Each message says what was expected, what was found and what to do next. Only the
command line and the browser UI turn one into an exit code or a message.
"""


class QAError(Exception):
    """Any error this package raises on purpose."""


class UsageError(QAError):
    """An argument or a setting that cannot be used."""


class CorpusError(QAError):
    """The corpus folder is missing or holds nothing readable."""


class SourceError(QAError):
    """A document's file is gone, has changed or cannot be drawn."""


class WorkerError(QAError):
    """Processes that read files, or serve, cannot be started."""


class EncoderError(QAError):
    """The encoder cannot be loaded, exported or trusted."""


class ReaderError(QAError):
    """The reader cannot be loaded or exported."""


class IndexMissingError(QAError):
    """Nothing has been built in the index folder yet."""


class IndexDamagedError(QAError):
    """What is in the index folder cannot be used."""


class IndexOutdatedError(IndexDamagedError):
    """The index was built by an earlier version, whose passages were others."""


class IndexLockedError(QAError):
    """Another build is running in the same index folder."""


class IndexWriteError(QAError):
    """The index folder cannot be written, or the disk is full."""


class StoreError(QAError):
    """The Milvus that has the index cannot be reached, or refuses."""


class CitationError(QAError):
    """A quote is not at its offsets in its document."""


class GoldError(QAError):
    """A gold file is malformed."""


class CalibrationError(QAError):
    """A calibration cannot be fitted, read or written."""


class FeedbackError(QAError):
    """The feedback file cannot be used, or an entry is not there."""


class HistoryError(QAError):
    """The file of conversations cannot be used."""


class WriterError(QAError):
    """The model that writes cannot be reached, refused, or broke off."""


class TeamError(QAError):
    """The file of a team's accounts cannot be used."""


class AbandonedError(QAError):
    """Nobody waits for the answer any more: it is not worked out to the end."""
