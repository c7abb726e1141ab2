"""Put the interface for programs together: what answers, each behind its gate."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from qa.answer.live import LiveAnswerer
from qa.api.app import api_app
from qa.api.gate import ProgramGate
from qa.api.keys import Keys
from qa.api.routes import PREFIX
from qa.api.service import Service
from qa.evaluate.feedback import FEEDBACK_FILE, Feedback
from qa.settings import WriterSettings
from qa.web.guard import Rules
from qa.web.server import Beside, Server, guarded, is_this_machine_only, listen
from qa.web.turns import Turns, question_turns
from qa.web.visit import Visit
from qa.write.client import ChatClient
from qa.write.writer import Writer


def service_of(
    index_dir: Path,
    live: LiveAnswerer,
    *,
    read_only: bool = False,
    writer: WriterSettings | None = None,
) -> Service:
    """Return what answers programs.

    Args:
        index_dir: The index that answers; verdicts are kept beside it.
        live: Answers.
        read_only: Whether no verdicts are kept.
        writer: A model that writes about answers; None for none.
    """
    feedback = Feedback(index_dir / FEEDBACK_FILE, read_only=read_only)
    return Service(live, feedback, Writer(ChatClient(writer), writer.model) if writer else None)


def programs(
    service: Service,
    *,
    api: bool,
    mcp: bool,
    keys: Keys | None = None,
    questions: Turns | None = None,
    called: Callable[[Visit, str], None] = lambda visit, name: None,
) -> Beside:
    """Return what is served to programs.

    Args:
        service: Does what is asked for.
        api: Whether there is the HTTP interface, under `/v1`.
        mcp: Whether there are tools for agents, at `/mcp`.
        keys: Whom it is served; None for everybody.
        questions: Whose turn it is to ask; None for turns of its own.
        called: Told what is asked for, before it is done; may refuse.
    """
    questions = questions or question_turns()
    asked = partial(service.counts.answered, "page")
    gates = [ProgramGate(api_app(service), PREFIX, questions, keys, called=called)] if api else []
    if not mcp:
        return Beside(gates, questions, asked=asked)
    from qa.api.agents import PATH, http_app  # an extra

    app, lifespan = http_app(service)
    gates.append(ProgramGate(app, PATH, questions, keys, methods=("POST",), called=called))
    return Beside(gates, questions, lifespan, asked)


def start(
    beside: Beside, *, host: str = "127.0.0.1", port: int = 0, allowed_hosts: tuple[str, ...] = ()
) -> Server:
    """Start serving programs alone, without the page, in the background.

    Args:
        beside: What is served.
        host: Address to listen on; 127.0.0.1 keeps it to this machine.
        port: Port to listen on; 0 takes a free one.
        allowed_hosts: Further names under which it is served.

    Raises:
        UsageError: The address cannot be listened on.
    """
    listening = listen(host, port)
    rules = Rules(allowed_hosts, is_this_machine_only(listening))
    return Server(guarded(rules, beside.gates, beside.lifespan), listening)
