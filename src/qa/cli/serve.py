"""The command `qa serve`: open the page in the browser, even while its index is being built.

Heavy libraries are imported inside.
"""

import argparse
import errno
import socket
from typing import TYPE_CHECKING, Any

from qa.cli.index import open_or_build
from qa.cli.options import add_build_options, add_risk
from qa.errors import IndexMissingError, UsageError
from qa.settings import AskSettings

if TYPE_CHECKING:
    from qa.ui.library import Library


def add_serve_command(commands: Any) -> None:
    """Add the command's arguments."""
    serve = commands.add_parser("serve", help="open the browser UI")
    add_build_options(serve)
    add_risk(serve)
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serve.add_argument(
        "--read-only", action="store_true", help="no adding and removing of documents in the page"
    )
    serve.add_argument("--port", type=int, default=7860, help="port to listen on (%(default)s)")
    serve.set_defaults(command=_serve)


def _serve(arguments: argparse.Namespace) -> int:
    _check_address(arguments.host, arguments.port)
    from qa.ui.app import serve
    from qa.ui.library import Library

    library = None
    if not arguments.read_only:
        models = [f"--{name}={getattr(arguments, name)}" for name in ("encoder", "reader")]
        options = [*models, f"--precision={arguments.precision}"]
        library = Library(arguments.corpus, arguments.index, options)
    settings = AskSettings(max_risk=arguments.max_risk)
    calibration = _open_or_begin(arguments, settings, library)

    def ready(address: str) -> None:
        if calibration:
            print(f"Calibration: {calibration}")
        print(f"Ask the documents at {address} (Ctrl-C stops it)", flush=True)

    serve(
        arguments.index,
        settings,
        library=library,
        host=arguments.host,
        port=arguments.port,
        ready=ready,
    )
    return 0


def _check_address(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, before anything is built for it."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address[:2], family=family).close()
    except (OSError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"port {port} is in use, perhaps by another qa serve: stop that, or choose another "
                "one with --port; --port 0 takes a free one"
            ) from error
        raise UsageError(
            f"cannot listen on {host}, port {port} ({error}): choose another --host or --port"
        ) from error


def _open_or_begin(
    arguments: argparse.Namespace, settings: AskSettings, library: "Library | None"
) -> str:
    """Open an index, or begin to build one while the page is up; say its calibration."""
    from qa.index.generations import current_generation

    try:
        current_generation(arguments.index)
    except IndexMissingError:
        if library is not None:
            arguments.corpus.mkdir(parents=True, exist_ok=True)
            library.update()
            return ""
    answerer = open_or_build(arguments, settings)
    answerer.close()
    return answerer.calibration
