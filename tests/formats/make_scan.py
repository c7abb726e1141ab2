"""Scans for the tests: pages as pictures, with what a scanner adds."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageFilter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.formats.make_pdf import HEIGHT, WIDTH

DOTS_PER_INCH = 150


def pictures(data: bytes) -> list[Image.Image]:
    """Draw the pages of a PDF."""
    document = pdfium.PdfDocument(data)
    return [page.render(scale=DOTS_PER_INCH / 72).to_pil().convert("L") for page in document]


def scanned(picture: Image.Image, *, degrees: float = 0.0, seed: int = 1) -> Image.Image:
    """Put a page crooked under a scanner that is out of focus and noisy."""
    turned = picture.rotate(degrees, fillcolor=255, resample=Image.Resampling.BICUBIC)
    soft = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.6)), dtype=float)
    noise = np.random.default_rng(seed).normal(0, 10, soft.shape)
    return Image.fromarray((soft + noise).clip(0, 255).astype("uint8"))


def pdf_of(images: Sequence[Image.Image], stamp: str = "", rotation: int = 0) -> bytes:
    """Make a PDF with a page for each picture, and perhaps some text over it."""
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    for image in images:
        upright = image.height > image.width
        size = (WIDTH, HEIGHT) if upright else (HEIGHT, WIDTH)
        canvas.setPageSize(size)
        canvas.drawImage(ImageReader(image), 0, 0, *size)
        canvas.drawString(20, 20, stamp)
        canvas.showPage()
    canvas.save()
    return turned(out.getvalue(), rotation) if rotation else out.getvalue()


def turned(data: bytes, rotation: int) -> bytes:
    """Have the pages of a PDF shown turned clockwise."""
    document, out = pdfium.PdfDocument(data), BytesIO()
    for page in document:
        page.set_rotation(rotation)
    document.save(out)
    return out.getvalue()


def scan(data: bytes, *, degrees: float = 0.0) -> bytes:
    """Print a PDF and scan it."""
    return pdf_of([scanned(picture, degrees=degrees) for picture in pictures(data)])
