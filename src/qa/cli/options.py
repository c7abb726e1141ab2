"""Define the options that several commands have, and turn what was typed into settings."""

import argparse
from pathlib import Path

from qa.errors import UsageError
from qa.settings import (
    DEFAULT_ENCODER,
    DEFAULT_READER,
    PRECISIONS,
    AskSettings,
    BuildSettings,
    ParseLimits,
    WriterSettings,
)

CORPUS, INDEX = Path("corpus"), Path("index")


def folder(name: str) -> Path:
    """Take a folder's name; an empty one, such as an unset variable, is not the current folder."""
    if not name.strip():
        raise argparse.ArgumentTypeError("the name is empty; for the current folder, say “.”")
    return Path(name)


def _index_folder(name: str) -> Path:
    if Path(name).is_file():  # which would read as a damaged index
        raise argparse.ArgumentTypeError(f"{name} is a file; expected a folder, built by qa index")
    return folder(name)


def add_index(parser: argparse.ArgumentParser) -> None:
    """Add which index."""
    parser.add_argument("--index", type=_index_folder, default=INDEX, help="folder of the index")


def add_store(parser: argparse.ArgumentParser) -> None:
    """Add where documents and vectors are, if not in the index's folder."""
    parser.add_argument(
        "--store",
        default="",
        metavar="URL",
        help="Milvus that has documents and vectors in place of the index's folder, such as "
        "milvus://127.0.0.1:19530/documents (docs/CLUSTER.md)",
    )


def add_build_options(parser: argparse.ArgumentParser) -> None:
    """Add what says which documents, which index and which models."""
    parser.add_argument("--corpus", type=folder, default=CORPUS, help="folder of documents")
    add_index(parser)
    add_store(parser)
    parser.add_argument(
        "--encoder",
        default=DEFAULT_ENCODER,
        help="the packaged one, or a sentence-transformers name or folder, used when building "
        "(%(default)s)",
    )
    parser.add_argument(
        "--reader",
        default=DEFAULT_READER,
        help="the packaged one, a folder made by train.reader, or a Hugging Face "
        "question-answering model, used when building (%(default)s)",
    )
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default=BuildSettings().precision,
        help="of models you name",
    )


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Add what one file may cost."""
    limits = ParseLimits()
    group = parser.add_argument_group("limits", "a file that needs more is skipped, saying so")
    options: list[tuple[str, float, str]] = [
        ("--max-file-mb", limits.file_bytes / 1e6, "size of a file in MB"),
        ("--max-seconds", limits.seconds, "time to read a file"),
        ("--max-memory-mb", limits.memory_bytes / 1e6, "memory to read a file in MB (on Linux)"),
        ("--max-unpacked-mb", limits.unpacked_bytes / 1e6, "what a file may unpack to in MB"),
        ("--max-characters", limits.characters, "length of a document's text"),
        ("--max-pages", limits.pages, "pages of a PDF"),
        ("--max-cells", limits.cells, "filled cells of a spreadsheet"),
        ("--max-ocr-pages", limits.ocr_pages, "scanned pages of a PDF; 0: scans are not read"),
    ]
    for name, default, said in options:
        kind = float if name == "--max-seconds" else int
        group.add_argument(
            name, type=kind, default=kind(default), metavar="N", help=f"{said} (%(default)s)"
        )


def limits_of(arguments: argparse.Namespace) -> ParseLimits:
    """Read the limits; the defaults for a command that builds only by the way."""
    if "max_file_mb" not in arguments:
        return ParseLimits()
    return ParseLimits(
        file_bytes=arguments.max_file_mb * 1_000_000,
        seconds=arguments.max_seconds,
        memory_bytes=arguments.max_memory_mb * 1_000_000,
        characters=arguments.max_characters,
        unpacked_bytes=arguments.max_unpacked_mb * 1_000_000,
        pages=arguments.max_pages,
        cells=arguments.max_cells,
        ocr_pages=arguments.max_ocr_pages,
    )


def add_untrusted(parser: argparse.ArgumentParser) -> None:
    """Add which documents are not trusted."""
    parser.add_argument(
        "--untrusted",
        action="append",
        default=[],
        metavar="PATTERN",
        help="documents whose path fits, or in this folder, are not trusted: what they say is "
        "marked, and never stands alone where others say something else; may be repeated",
    )


def add_risk(parser: argparse.ArgumentParser) -> None:
    """Add how many wrong answers are bearable."""
    parser.add_argument(
        "--max-risk",
        type=float,
        default=AskSettings().max_risk,
        metavar="R",
        help="expected share of wrong answers among those given, 0 to 1: less answers less "
        "often (%(default)s)",
    )


def add_writer(parser: argparse.ArgumentParser) -> None:
    """Add which model writes prose, if any."""
    group = parser.add_argument_group(
        "writer",
        "a chat model of yours that writes prose from the passages; every sentence is checked "
        "against them or struck. Question and passages are sent to it. Its key is read from "
        "the environment: QA_LLM_KEY",
    )
    group.add_argument(
        "--llm",
        metavar="URL",
        help="OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1 (none)",
    )
    group.add_argument("--llm-model", metavar="NAME", default="", help="the model's name there")
    group.add_argument(
        "--llm-seconds", type=float, default=60.0, metavar="N", help="for one answer (%(default)s)"
    )


def writer_of(arguments: argparse.Namespace) -> WriterSettings | None:
    """Read which model writes; None for none."""
    if not arguments.llm:
        if arguments.llm_model:
            raise UsageError("--llm-model goes with the model's address: --llm URL")
        return None
    return WriterSettings(arguments.llm, arguments.llm_model, arguments.llm_seconds)
