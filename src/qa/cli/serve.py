"""The command `qa serve`: open the page in the browser, even while its index is being built.

Heavy libraries are imported inside.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.cli.index import open_or_build
from qa.cli.options import add_build_options, add_risk, add_untrusted, add_writer, writer_of
from qa.cli.output import tell
from qa.cli.team.serve import add_team_options, serve_team
from qa.errors import IndexMissingError, StoreError, UsageError
from qa.settings import AskSettings, BuildSettings

if TYPE_CHECKING:
    from qa.answer.live import LiveAnswerer
    from qa.api.keys import Keys
    from qa.ui.library import Library
    from qa.web.server import Beside


def add_serve_command(commands: Any) -> None:
    """Add the command's arguments."""
    serve = commands.add_parser("serve", help="open the browser UI")
    add_build_options(serve)
    add_risk(serve)
    add_untrusted(serve)
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serve.add_argument(
        "--let-others-in",
        action="store_true",
        help="listen on an address that other machines reach, although there is no login",
    )
    serve.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="serve the page under this name, too, as behind a reverse proxy; may be repeated",
    )
    serve.add_argument(
        "--read-only",
        action="store_true",
        help="nothing can be changed in the page: no documents, no feedback; keeps no conversation",
    )
    serve.add_argument(
        "--no-history", action="store_true", help="write no conversation down, and keep none"
    )
    serve.add_argument("--port", type=int, default=7860, help="port to listen on (%(default)s)")
    _add_programs(serve)
    add_team_options(serve)
    add_writer(serve)
    serve.set_defaults(command=_serve)


def _add_programs(serve: argparse.ArgumentParser) -> None:
    group = serve.add_argument_group(
        "programs", "an interface for programs and agents beside the page (docs/API.md)"
    )
    group.add_argument("--api", action="store_true", help="serve the HTTP interface under /v1")
    group.add_argument(
        "--mcp",
        action="store_true",
        help="serve tools for agents at /mcp, by the Model Context Protocol",
    )
    group.add_argument(
        "--api-only", action="store_true", help="serve it without the page; --mcp may be added"
    )
    group.add_argument(
        "--workers",
        type=int,
        default=1,
        metavar="N",
        help="with --api-only: so many processes answer, each with the models (%(default)s)",
    )
    group.add_argument(
        "--api-key-file",
        type=Path,
        metavar="FILE",
        help="answer only programs with one of its keys, one a line; the page asks for none",
    )


def _serve(arguments: argparse.Namespace) -> int:
    from qa.web.stop import told_by_signals

    with told_by_signals():
        _serve_until_told(arguments)
    return 0


def _serve_until_told(arguments: argparse.Namespace) -> None:
    _check_workers(arguments)
    if arguments.team is not None:
        serve_team(arguments)
        return
    keys = _keys(arguments)
    _check_address(arguments, keys)
    settings = AskSettings(max_risk=arguments.max_risk, untrusted=tuple(arguments.untrusted))
    if arguments.workers > 1:
        _serve_from_workers(arguments, settings, keys)
        return
    from qa.answer.live import LiveAnswerer

    live = LiveAnswerer(arguments.index, settings, store=arguments.store)
    beside = _programs(arguments, live, keys)
    if arguments.api_only:
        assert beside is not None
        _serve_programs(arguments, settings, beside)
    else:
        _serve_page(arguments, settings, live, beside)


def _serve_page(
    arguments: argparse.Namespace,
    settings: AskSettings,
    live: "LiveAnswerer",
    beside: "Beside | None",
) -> None:
    from qa.ui.library import Library

    library = None
    if not arguments.read_only:
        library = Library(arguments.corpus, arguments.index, _model_options(arguments, {}))
    try:
        _serve_library(arguments, settings, live, beside, library)
    finally:
        if library:
            library.stop()  # a build may have begun before the page is up


def _serve_library(
    arguments: argparse.Namespace,
    settings: AskSettings,
    live: "LiveAnswerer",
    beside: "Beside | None",
    library: "Library | None",
) -> None:
    from qa.ui.app import serve

    calibration = _open_or_begin(arguments, settings, library)

    def ready(address: str) -> None:
        if calibration:
            print(f"Calibration: {calibration}")
        for line in _addresses(arguments, address):
            print(line)
        print(f"Ask the documents at {address} (Ctrl-C stops it)", flush=True)

    serve(
        arguments.index,
        settings,
        library=library,
        keeps_history=not (arguments.no_history or arguments.read_only),
        host=arguments.host,
        port=arguments.port,
        allowed_hosts=arguments.allow_host,
        writer=writer_of(arguments),
        live=live,
        beside=beside,
        ready=ready,
    )


def _serve_programs(arguments: argparse.Namespace, settings: AskSettings, beside: "Beside") -> None:
    from qa.api.serving import start

    _open_or_begin(arguments, settings, None)
    hosts = tuple(arguments.allow_host)
    with start(beside, host=arguments.host, port=arguments.port, allowed_hosts=hosts) as server:
        for line in _addresses(arguments, server.address):
            print(line)
        print("No page is served (Ctrl-C stops it)", flush=True)
        server.wait()


def _serve_from_workers(
    arguments: argparse.Namespace, settings: AskSettings, keys: "Keys | None"
) -> None:
    from qa.api.workers import Plan, serve
    from qa.web.guard import Rules
    from qa.web.server import is_this_machine_only, listen

    _open_or_begin(arguments, settings, None)

    def ready(address: str) -> None:
        for line in _addresses(arguments, address):
            print(line)
        print(f"{arguments.workers} workers, no page (Ctrl-C stops them)", flush=True)

    listening = listen(arguments.host, arguments.port)
    plan = Plan(
        arguments.index,
        settings,
        Rules(tuple(arguments.allow_host), is_this_machine_only(listening)),
        keys,
        mcp=arguments.mcp,
        read_only=arguments.read_only,
        writer=writer_of(arguments),
        store=arguments.store,
    )
    serve(plan, listening, arguments.workers, ready)


def _check_workers(arguments: argparse.Namespace) -> None:
    """Refuse a number of processes that cannot be.

    Raises:
        UsageError: It is none, or the page would have to be in each of them.
    """
    if arguments.workers < 1:
        raise UsageError(f"--workers {arguments.workers}: expected 1 or more")
    if arguments.workers > 1 and not arguments.api_only:
        raise UsageError(
            "--workers goes with --api-only: builds, uploads and what is shown of them are one "
            "process's; serve the page by itself, and programs beside it from another port"
        )


def _keys(arguments: argparse.Namespace) -> "Keys | None":
    """Read the keys of programs; None where everybody is answered."""
    if arguments.api_key_file is None:
        return None
    if not (arguments.api or arguments.api_only or arguments.mcp):
        raise UsageError("--api-key-file goes with --api, --api-only or --mcp; the page has no key")
    from qa.api.keys import Keys

    return Keys.read(arguments.api_key_file)


def _programs(
    arguments: argparse.Namespace, live: "LiveAnswerer", keys: "Keys | None"
) -> "Beside | None":
    """Put together what is served to programs; None for nothing."""
    api = arguments.api or arguments.api_only
    if not (api or arguments.mcp):
        return None
    from qa.api.serving import programs, service_of

    service = service_of(
        arguments.index, live, read_only=arguments.read_only, writer=writer_of(arguments)
    )
    return programs(service, api=api, mcp=arguments.mcp, keys=keys)


def _addresses(arguments: argparse.Namespace, address: str) -> list[str]:
    """Say where programs and agents find what is theirs."""
    lines = []
    if arguments.api or arguments.api_only:
        lines.append(f"Programs ask at {address}v1, described at {address}v1/openapi.json")
    if arguments.mcp:
        lines.append(f"Agents find their tools at {address}mcp")
    return lines


def _check_address(arguments: argparse.Namespace, keys: "Keys | None") -> None:
    """Refuse an address that cannot or should not be listened on, before anything is built.

    Programs with keys have a login; the page has none.

    Raises:
        UsageError: It cannot be listened on, or other machines would reach it unasked.
    """
    from qa.web.server import is_this_machine_only, listen

    listening = listen(arguments.host, arguments.port)
    only_this_machine = is_this_machine_only(listening)
    listening.close()
    has_login = arguments.api_only and keys is not None
    if not (only_this_machine or arguments.let_others_in or has_login):
        raise UsageError(
            f"at {arguments.host} other machines could reach the page, which has no login: anyone "
            "there could read, add and remove documents. Leave --host out; or, in a network you "
            "trust or behind a proxy with a login, say --let-others-in, and --read-only if "
            "they may only ask"
        )


def _open_or_begin(
    arguments: argparse.Namespace, settings: AskSettings, library: "Library | None"
) -> str:
    """Open an index, or begin to build one while the page is up; say its calibration."""
    from qa.index.opening import is_outdated, place_of

    place = place_of(arguments.index, arguments.store)
    try:
        place.current_generation()
        if library is not None and is_outdated(place):
            tell("the index was built by an earlier version; building it again")
            library.update()
            return ""
    except StoreError as error:
        tell(error)  # the page says so, too, and answers when the store does
        return ""
    except IndexMissingError:
        if library is not None:
            arguments.corpus.mkdir(parents=True, exist_ok=True)
            library.update()
            return ""
    answerer = open_or_build(arguments, settings)
    answerer.close()
    if library is not None:
        built_with = answerer.index.manifest.settings
        library.use_options(_model_options(arguments, built_with))
        library.carry_on()
    return answerer.calibration


def _model_options(arguments: argparse.Namespace, built_with: Mapping[str, Any]) -> list[str]:
    """Return the options that name the models: those asked for, or those the index has."""
    defaults = BuildSettings().to_json()
    options = []
    for name in ("encoder", "reader", "precision"):
        asked, default = getattr(arguments, name), defaults[name]
        options.append(f"--{name}={asked if asked != default else built_with.get(name, default)}")
    return [*options, f"--store={arguments.store}"] if arguments.store else options
