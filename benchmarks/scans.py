"""Measure how well scans are read: print texts, scan them in several ways, read them again.

    python -m benchmarks.scans [TEXT …]

The scans are made, not real ones: turned, out of focus, grainy and saved as JPEG. Leave the
machine alone meanwhile: it tells the seconds a page, too.
"""

import argparse
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageFilter
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

from qa.documents.load import SourceFile
from qa.documents.sandbox import Sandbox
from qa.schema import SkippedFile

_WORD = re.compile(r"[\w%$€.,-]*\w[\w%$€.,-]*")


@dataclass(frozen=True)
class Scanner:
    """How pages are scanned.

    Attributes:
        dots: An inch.
        degrees: How crooked the page lies.
        blur: Radius, in dots.
        grain: Standard deviation of the brightness, of 255.
        quality: Of the JPEG, to 100.
    """

    dots: int
    degrees: float = 0.0
    blur: float = 0.6
    grain: float = 8.0
    quality: int = 75


SCANNERS = (
    Scanner(300),
    Scanner(200, degrees=0.7),
    Scanner(150, degrees=2.0, grain=15.0, quality=50),
    Scanner(100, degrees=1.0, grain=15.0, quality=50),
    Scanner(75, grain=20.0, quality=30),
)


def print_text(text: str, points: float) -> bytes:
    """Set a text, a paragraph a line, on pages of A4."""
    style = getSampleStyleSheet()["BodyText"].clone("body", fontSize=points, leading=1.2 * points)
    lines = [line.replace("&", "&amp;").replace("<", "&lt;") for line in text.splitlines()]
    out = BytesIO()
    SimpleDocTemplate(out, pagesize=A4).build([Paragraph(line, style) for line in lines if line])
    return out.getvalue()


def scan(printed: bytes, scanner: Scanner) -> bytes:
    """Make a PDF of pictures of a PDF's pages."""
    pages = [_scan(page, scanner) for page in pdfium.PdfDocument(printed)]
    out = BytesIO()
    pages[0].save(
        out,
        "PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=scanner.dots,
        quality=scanner.quality,
    )
    return out.getvalue()


def _scan(page: pdfium.PdfPage, scanner: Scanner) -> Image.Image:
    picture = page.render(scale=scanner.dots / 72).to_pil().convert("L")
    turned = picture.rotate(scanner.degrees, Image.Resampling.BICUBIC, fillcolor=255)
    soft = np.asarray(turned.filter(ImageFilter.GaussianBlur(scanner.blur)), dtype=float)
    grain = np.random.default_rng(7).normal(0, scanner.grain, soft.shape)
    return Image.fromarray((soft + grain).clip(0, 255).astype("uint8"))


def words_of(text: str) -> Counter[str]:
    """Count the words and figures of a text, whatever its quotation marks."""
    return Counter(_WORD.findall(text.replace("’", "'")))


def measure(texts: Sequence[str], points: float, scanner: Scanner) -> tuple[float, float, float]:
    """Print, scan and read some texts.

    Returns:
        The share of their words that is found; the share of the words found that is right;
        seconds a page.
    """
    wanted, found, pages, seconds = Counter[str](), Counter[str](), 0, 0.0
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        for text in texts:
            printed, path = print_text(text, points), Path(folder) / "scan.pdf"
            wanted += words_of(_printed_text(printed))
            path.write_bytes(scan(printed, scanner))
            pages += len(pdfium.PdfDocument(printed))
            start = time.perf_counter()
            parsed = sandbox.parse(SourceFile(path.name, str(path), ""))
            seconds += time.perf_counter() - start
            if not isinstance(parsed, SkippedFile):
                found += words_of(parsed.document.text)
    right = (wanted & found).total()
    return right / wanted.total(), right / max(found.total(), 1), seconds / pages


def _printed_text(printed: bytes) -> str:
    pages: Iterator[pdfium.PdfPage] = iter(pdfium.PdfDocument(printed))
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table: a row for each way of scanning."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("texts", nargs="*", type=Path, default=sorted(Path("corpus").glob("*.txt")))
    options = parser.parse_args(arguments)
    texts = [path.read_text("utf-8") for path in options.texts]
    print("| dots an inch | degrees | letters | words found | words right | s a page |")
    print("|---|---|---|---|---|---|")
    for scanner in SCANNERS:
        for points in (11.0, 8.0):
            found, right, seconds = measure(texts, points, scanner)
            print(
                f"| {scanner.dots} | {scanner.degrees:g} | {points:g} pt | {found:.1%} "
                f"| {right:.1%} | {seconds:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
