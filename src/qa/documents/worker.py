"""The process that reads and draws hostile files, started by `sandbox` as a module.

One JSON object a line in, one a line out. It has no more memory than it is told, and is
killed by its parent when it takes too long; whatever a file does to it, only that file is
lost. Imports nothing heavy.
"""

import base64
import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

from qa.formats import Parsed, PicturesError, UnreadableError, is_picture, parse
from qa.schema import Span
from qa.settings import ParseLimits

# A worker that has grown this far is replaced: what a file made it take is not given back.
_RETIRE_SHARE = 0.5


def main() -> None:
    """Answer requests until standard input ends."""
    # Native libraries may print: what they say must not end up between the answers.
    out = os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    limits = ParseLimits(**json.loads(sys.stdin.buffer.readline()))
    _hold_memory(limits.memory_bytes)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        _hold_time(limits.seconds)
        _answer(out, _handle(request, limits), limits)


def _answer(out: BinaryIO, response: dict[str, Any], limits: ParseLimits) -> None:
    try:
        data = json.dumps(response).encode()
    except MemoryError:
        response.clear()
        data = json.dumps({"unreadable": _too_much_memory(limits), "retire": True}).encode()
    out.write(data)
    out.write(b"\n")
    out.flush()


def _handle(request: dict[str, Any], limits: ParseLimits) -> dict[str, Any]:
    try:
        data = Path(request["path"]).read_bytes()
        if len(data) > limits.file_bytes:  # it has grown since it was looked at
            raise UnreadableError(f"over the limit of {limits.file_bytes:,} bytes")
        act = {"parse": _parse, "recognise": _recognise, "draw": _draw}[request["do"]]
        response = act(request, data, limits)
    except UnreadableError as error:
        response = {"unreadable": str(error)}
    except MemoryError:
        response = {"unreadable": _too_much_memory(limits)}
    except OSError as error:
        response = {"unreadable": f"cannot be read: {error.strerror or error}"}
    except RecursionError:
        response = {"unreadable": "damaged: nested too deeply"}
    except Exception as error:  # whatever else a hostile file provokes, told, not died of
        response = {"unreadable": f"the parser failed ({type(error).__name__}: {error})"[:300]}
    response["retire"] = _grown(limits.memory_bytes)
    return response


def _parse(request: dict[str, Any], data: bytes, limits: ParseLimits) -> dict[str, Any]:
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        if "scans" in request:
            parsed = _with_scans(request["name"], request["scans"], data, limits)
        else:
            parsed = parse(request["name"], data, limits)
    except PicturesError as error:
        return {"pictures": error.pages, "sha256": sha256}
    except UnreadableError as error:
        return {"unreadable": str(error), "sha256": sha256}
    return {
        "text": parsed.text,
        "blocks": parsed.blocks,
        "pages": parsed.pages,
        "title": parsed.title,
        "date": parsed.date,
        "layout": parsed.layout,
        "scanned": parsed.scanned,
        "unread": parsed.unread,
        "sha256": sha256,
    }


def _with_scans(name: str, scans: dict[str, Any], data: bytes, limits: ParseLimits) -> Parsed:
    from qa.formats.pdf.document import Scan, parse_pdf
    from qa.formats.pdf.picture import parse_picture

    read = parse_picture if is_picture(name) else parse_pdf
    return read(data, limits, {int(page): Scan.from_json(scan) for page, scan in scans.items()})


def _recognise(request: dict[str, Any], data: bytes, limits: ParseLimits) -> dict[str, Any]:
    from qa.formats.pdf.document import recognise_page
    from qa.formats.pdf.picture import to_pdf

    page = request["page"]
    if is_picture(request["path"]):
        return {"scan": recognise_page(to_pdf(data, limits, page), 1)}
    return {"scan": recognise_page(data, page)}


def _draw(request: dict[str, Any], data: bytes, limits: ParseLimits) -> dict[str, Any]:
    from qa.formats.pdf.document import render_page
    from qa.formats.pdf.picture import to_pdf

    if hashlib.sha256(data).hexdigest() != request["sha256"]:
        raise UnreadableError("the file has changed since it was indexed")
    span = Span(*request["span"]) if request["span"] else None
    data = to_pdf(data, limits) if is_picture(request["path"]) else data
    image = render_page(data, request["layout"], request["page"], span)
    return {
        "png": base64.b64encode(image.png).decode("ascii"),
        "width": image.width,
        "height": image.height,
        "boxes": image.boxes,
    }


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
