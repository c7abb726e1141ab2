"""PDFs for the tests: laid out by reportlab, or written byte by byte."""

from collections.abc import Callable, Sequence
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
LEADING = 14.0

Draw = Callable[[Canvas], None]


def pdf(*pages: Draw, title: str = "", encrypt: StandardEncryption | None = None) -> bytes:
    """Make a PDF, a page for each function."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt=encrypt, invariant=1)
    canvas.setTitle(title)
    for draw in pages:
        canvas.setFont("Helvetica", 10)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def write(
    canvas: Canvas,
    lines: Sequence[str],
    *,
    x: float = 60,
    top: float = 100,
    size: float = 10,
    font: str = "Helvetica",
) -> float:
    """Write lines below each other; give how far down the next one would stand."""
    canvas.setFont(font, size)
    for number, line in enumerate(lines):
        canvas.drawString(x, HEIGHT - top - number * LEADING * size / 10, line)
    return top + len(lines) * LEADING * size / 10


def text(*lines: str, **place: float) -> Draw:
    """Draw lines of plain text."""

    def draw(canvas: Canvas) -> None:
        write(canvas, lines, **place)  # type: ignore[arg-type]

    return draw


def objects(*bodies: bytes) -> bytes:
    """Write a PDF of these objects, the first being the catalogue."""
    out = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(bodies) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    return out + head + trailer


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """Write a stream object."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)


def one_page(
    content: bytes,
    *,
    media: bytes = b"[0 0 612 792]",
    page: bytes = b"",
    unicode: dict[bytes, bytes] | None = None,
    resources: bytes = b"",
    more: Sequence[bytes] = (),
) -> bytes:
    """Write a PDF of one page with one font, /F; `more` are objects from number 7 on.

    `unicode` maps codes to UTF-16, both in hex.
    """
    pairs = [b"<%s> <%s>" % pair for pair in (unicode or {}).items()]
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
        b"/CMapType 2 def 1 begincodespacerange <00> <FF> endcodespacerange "
        b"%d beginbfchar %s endbfchar endcmap end end" % (len(pairs), b" ".join(pairs))
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica%s>>"
    return objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox %s/Resources<</Font<</F 4 0 R>>%s>>"
        b"/Contents 5 0 R%s>>" % (media, resources, page),
        font % (b"/ToUnicode 6 0 R" if unicode else b""),
        stream(content),
        stream(cmap),
        *more,
    )


def show(words: bytes, x: int = 72, y: int = 700) -> bytes:
    """Write the operators that show a line of text in size 12."""
    return b"BT /F 12 Tf %d %d Td (%s) Tj ET\n" % (x, y, words)
