"""Measure how much of a folder of files is read: what is refused, which words are missing.

    python -m benchmarks.formats FOLDER [--below 0.9]

For Word and PowerPoint files, the words found are held against all text runs of the file; for
PDFs against `pdftotext` (Poppler), if that is installed. Neither is right as such: a word that
is drawn twice, hidden, or on every page counts there each time.
"""

import argparse
import re
import shutil
import subprocess
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from qa.documents.load import SourceFile
from qa.documents.sandbox import Sandbox
from qa.formats import SUFFIXES
from qa.schema import SkippedFile
from qa.settings import ParseLimits

_WORD = re.compile(r"\w{2,}")
# A paragraph's runs belong together; what follows a fallback is drawn only by old programs.
_OOXML = {
    ".doc": (re.compile(r"word/(document|footnotes|endnotes)\d*\.xml"), "w"),
    ".ppt": (re.compile(r"ppt/slides/slide\d+\.xml"), "a"),
}
_FALLBACK = re.compile(r"<mc:Fallback.*?</mc:Fallback>", re.DOTALL)


def reference(path: Path) -> Counter[str]:
    """Count the words of a file by another way than ours; none if there is no other way."""
    suffix = path.suffix.lower()
    if suffix == ".pdf" and (program := shutil.which("pdftotext")):
        ran = subprocess.run([program, str(path), "-"], capture_output=True, timeout=60)
        return Counter(_WORD.findall(ran.stdout.decode("utf-8", "replace")))
    if suffix[:4] not in _OOXML or not zipfile.is_zipfile(path):
        return Counter()
    parts, prefix = _OOXML[suffix[:4]]
    return Counter(
        word for text in _paragraphs(path, parts, prefix) for word in _WORD.findall(text)
    )


def _paragraphs(path: Path, parts: re.Pattern[str], prefix: str) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        for name in filter(parts.fullmatch, archive.namelist()):
            try:
                xml = archive.read(name).decode("utf-8", "replace")
            except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
                continue
            xml = re.sub(rf"<{prefix}:(?:tab|br)\b", rf"<{prefix}:t> </{prefix}:t>\g<0>", xml)
            for paragraph in _FALLBACK.sub("", xml).split(f"</{prefix}:p>"):
                runs = re.findall(rf"<{prefix}:t(?: [^>]*)?>([^<]*)<", paragraph)
                yield re.sub(r"&\w+;", " ", "".join(runs))


def main(arguments: Sequence[str] | None = None) -> None:
    """Read every file of a folder and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--below", type=float, default=0.9, help="name files with less found")
    parser.add_argument("--scans", action="store_true", help="read scanned pages: seconds each")
    options = parser.parse_args(arguments)
    limits = ParseLimits() if options.scans else ParseLimits(ocr_pages=0)
    refused: dict[str, Counter[str]] = defaultdict(Counter)
    read: Counter[str] = Counter()
    words: Counter[str] = Counter()
    found: Counter[str] = Counter()
    poor: list[tuple[float, int, Path]] = []
    slow: list[tuple[float, Path]] = []
    with Sandbox(limits) as sandbox:
        for path in sorted(options.folder.rglob("*")):
            suffix = path.suffix.lower()
            if suffix not in SUFFIXES or not path.is_file():
                continue
            start = time.perf_counter()
            parsed = sandbox.parse(SourceFile(path.name, str(path), ""))
            slow.append((time.perf_counter() - start, path))
            if isinstance(parsed, SkippedFile):
                refused[suffix][re.sub(r"\d+", "N", parsed.reason)[:90]] += 1
                continue
            read[suffix] += 1
            wanted = reference(path)
            hits = (wanted & Counter(_WORD.findall(parsed.document.text))).total()
            words[suffix] += wanted.total()
            found[suffix] += hits
            if wanted and hits < options.below * wanted.total():
                poor.append((hits / wanted.total(), wanted.total(), path))
    for suffix in sorted(read.keys() | refused.keys()):
        told = f", {found[suffix] / words[suffix]:.1%} of words" if words[suffix] else ""
        print(f"{suffix}: {read[suffix]} read{told}, {refused[suffix].total()} refused")
        for reason, count in refused[suffix].most_common():
            print(f"  {count:5} {reason}")
    print(f"files with fewer than {options.below:.0%} of words, those with most missing first:")
    for share, total, path in sorted(poor, key=lambda file: (file[0] - 1) * file[1])[:30]:
        print(f"  {share:.0%} of {total} {path}")
    print("slowest:")
    for seconds, path in sorted(slow, reverse=True)[:5]:
        print(f"  {seconds:.2f} s {path}")


if __name__ == "__main__":
    main()
