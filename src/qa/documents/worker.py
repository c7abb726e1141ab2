"""Read and draw hostile files in a process of its own, which `sandbox` starts as a module.

It has no more memory than it is told, and is killed by its parent when it takes too long;
whatever a file does to it, only that file is lost. Imports nothing heavy.
"""

import hashlib
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from qa.documents.messages import (
    READY,
    DrawnPage,
    DrawRequest,
    Found,
    PageImage,
    ParsedFile,
    ParseRequest,
    RecognisedPage,
    RecogniseRequest,
    Request,
    Response,
    ScannedFile,
    Unreadable,
)
from qa.formats import Parsed, PicturesError, UnreadableError, is_picture, parse
from qa.settings import ParseLimits
from qa.words import without_half_pairs

# A worker that has grown this far is replaced: what a file made it take is not given back.
_RETIRE_SHARE = 0.5


def main() -> None:
    """Answer requests until standard input ends."""
    # Native libraries may print: what they say must not end up between the answers.
    out = os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    limits = msgspec.json.decode(sys.stdin.buffer.readline(), type=ParseLimits)
    requests = msgspec.json.Decoder(Request)
    out.write(READY)
    out.flush()
    _hold_memory(limits.memory_bytes)
    for line in sys.stdin.buffer:
        request: Request = requests.decode(line)
        _hold_time(limits.seconds)
        _send(out, respond(request, limits), limits)


def _send(out: BinaryIO, response: Response, limits: ParseLimits) -> None:
    try:
        data = msgspec.json.encode(response)
    except MemoryError:
        del response
        data = msgspec.json.encode(Response(Unreadable(_too_much_memory(limits)), retire=True))
    out.write(data)
    out.write(b"\n")
    out.flush()


def respond(request: Request, limits: ParseLimits) -> Response:
    """Do what was asked; whatever goes wrong becomes an answer, too."""
    try:
        data = Path(request.path).read_bytes()
        if len(data) > limits.file_bytes:  # it has grown since it was looked at
            raise UnreadableError(f"over the limit of {limits.file_bytes:,} bytes")
        found = _found(request, data, limits)
    except UnreadableError as error:
        found = Unreadable(str(error))
    except MemoryError:
        found = Unreadable(_too_much_memory(limits))
    except OSError as error:
        found = Unreadable(f"cannot be read: {error.strerror or error}")
    except RecursionError:
        found = Unreadable("damaged: nested too deeply")
    except Exception as error:  # whatever else a hostile file provokes, told, not died of
        reason = f"the parser failed ({type(error).__name__}: {error})"[:300]
        found = Unreadable(without_half_pairs(reason))
    return Response(found, _grown(limits.memory_bytes))


def _found(request: Request, data: bytes, limits: ParseLimits) -> Found:
    match request:
        case ParseRequest():
            return _parse(request, data, limits)
        case RecogniseRequest():
            return _recognise(request, data, limits)
        case DrawRequest():
            return _draw(request, data, limits)


def _parse(request: ParseRequest, data: bytes, limits: ParseLimits) -> Found:
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        if request.scans is None:
            return ParsedFile(parse(request.name, data, limits), sha256)
        return ParsedFile(_with_scans(request.name, request.scans, data, limits), sha256)
    except PicturesError as error:
        return ScannedFile(error.pages)
    except UnreadableError as error:
        return Unreadable(str(error), sha256)


def _with_scans(name: str, scans: Mapping[int, Any], data: bytes, limits: ParseLimits) -> Parsed:
    from qa.formats.pdf.document import Scan, parse_pdf
    from qa.formats.pdf.picture import parse_picture

    read = parse_picture if is_picture(name) else parse_pdf
    return read(data, limits, {page: Scan.from_json(scan) for page, scan in scans.items()})


def _recognise(request: RecogniseRequest, data: bytes, limits: ParseLimits) -> RecognisedPage:
    from qa.formats.pdf.document import recognise_page
    from qa.formats.pdf.picture import to_pdf

    if is_picture(request.path):
        return RecognisedPage(recognise_page(to_pdf(data, limits, request.page), 1))
    return RecognisedPage(recognise_page(data, request.page))


def _draw(request: DrawRequest, data: bytes, limits: ParseLimits) -> DrawnPage:
    from qa.formats.pdf.document import render_page
    from qa.formats.pdf.picture import to_pdf

    if hashlib.sha256(data).hexdigest() != request.sha256:
        raise UnreadableError("the file has changed since it was indexed")
    data = to_pdf(data, limits) if is_picture(request.path) else data
    image = render_page(data, request.layout, request.page, request.span)
    return DrawnPage(PageImage(image.png, image.width, image.height, image.boxes))


def _too_much_memory(limits: ParseLimits) -> str:
    return f"needs more than {limits.memory_bytes // 1_000_000:,} MB of memory to be read"


def _hold_memory(most: int) -> None:
    """Limit the address space; only Linux keeps to it, elsewhere size limits must do."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _hold_time(seconds: float) -> None:
    """Limit this request's processor time, should the parent be gone and unable to stop it."""
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + 2 * seconds) + 2, hard))


def _grown(most: int) -> bool:
    if sys.platform == "win32":
        return False
    return _peak_bytes() > most * _RETIRE_SHARE


def _peak_bytes() -> int:
    # Of what getrusage() tells, Linux lets a new process begin with its parent's peak.
    status = Path("/proc/self/status")
    if status.exists():
        found = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        if (line := next(found, None)) is not None:
            return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
