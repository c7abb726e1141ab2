"""A chat model behind the peers: what counts as declined and as right, and the meter before it."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from benchmarks.peers.data import Question, Sample
from benchmarks.peers.environments import OURS, PEERS, Environment
from benchmarks.peers.figures import checkable
from benchmarks.peers.page import PAGE
from benchmarks.peers.processes import Open, run_whole
from benchmarks.peers.writing.__main__ import ADAPTERS, HERE, _keep_to, _taking_turns
from benchmarks.peers.writing.figures import Written, column, holds
from benchmarks.peers.writing.metered import Spent, metered
from benchmarks.peers.writing.page import BEGIN, END, put
from tests.write.chat import chat_server

DOCUMENTS = {"a": "The Forth Bridge opened in 1890.", "b": "Napoleon died in 1821 on St Helena."}
DIED = Question("When did Napoleon die?", "b", ("1821",))
QUOTED = {"doc_id": "b", "start": 0, "text": "Napoleon died in 1821"}


def written(
    text: str, kind: str = "questions", *, declined: bool | None = None, quoted: object = QUOTED
) -> Written:
    sample = Sample(DOCUMENTS, ({}, {}), [], [], [], [], [])
    prose = {"text": text, "citations": [quoted] if quoted else [], "declined": declined}
    return Written.of("plain", kind, DIED, prose, Spent(1, 100, 10), sample)


@pytest.mark.parametrize(
    "text",
    [
        "I don't know.",
        "I do not know.",
        "",
        "The provided context does not mention who founded it.",
        "The passages do not explicitly state when it opened.",
        "There is no information about the mayor in the sources.",
        "The date isn’t specified.",
        "It is not possible to determine the answer from the context.",
        "I cannot answer this question.",
        "None of the provided sources are helpful.",
    ],
)
def test_what_says_that_nothing_is_there_is_declined(text: str) -> None:
    assert written(text).declined


@pytest.mark.parametrize(
    "text",
    [
        "He did not travel with his family.",
        "The treaty did not include Spain; it was signed by France in 1648.",
        "Nobody knew that the bridge had no rails.",
        "It was opened in 1890, though no train ran.",
        "The king.",
        "It was the king. The sources do not mention his name.",
    ],
)
def test_other_denials_are_answers(text: str) -> None:
    assert not written(text).declined


def test_a_gold_answer_makes_it_an_answer_and_a_peer_s_own_word_counts() -> None:
    assert not written("I don't know more than that it was in 1821.").declined
    assert written("Napoleon died in 1821.", declined=True).declined
    assert not written("I don't know.", declined=False).declined


def test_most_words_of_a_long_answer_are_right() -> None:
    gold = ["Bohemia, Germany, Italy and Adriatic Sea"]
    assert holds("It took place in Italy, Germany, Bohemia, and on the Adriatic Sea.", gold)
    assert not holds("It took place in Germany and Italy.", gold)


def test_right_is_word_for_word_and_shown_by_what_it_cites() -> None:
    assert written("He died in 1821.").right
    assert not written("He died in 18210.").right
    assert not holds("anything", [])
    assert written("He died in 1821.").shown
    assert written("He died in 1821.").stand
    assert not written("He died in 1821.", quoted=QUOTED | {"start": 3}).stand
    assert not written("He died in 1821.", quoted=None).shown
    assert not written("He died in 1821.", quoted=QUOTED | {"text": "Napoleon"}).shown


def test_a_peer_s_answers_are_counted() -> None:
    answers = [
        written("In 1821."), written("In 1890.", quoted=None), written("I don't know."),
        written("Paris.", "off_corpus"), written("I don't know.", "off_corpus"),
        written("Rome.", "near_miss"),
    ]  # fmt: skip
    came = column(answers)
    assert (came.right, came.shown, came.otherwise, came.declined) == (1, 1, 1, 1)
    assert (came.off_corpus, came.near_miss, came.uncited, came.stand) == (1, 1, 1, 3)
    assert came.wrong == 0.75
    assert (came.requests, came.tokens_in, came.tokens_out) == (1, 100, 10)
    assert column([written("I don't know.")]).wrong == 0


def test_answers_are_kept_and_become_a_table(tmp_path: Path) -> None:
    answers = tmp_path / "written.jsonl"
    assert Written.load(answers) == []
    kept = [written("In 1821."), written("Paris.", "near_miss")]
    answers.write_text("".join(json.dumps(one.as_json()) + "\n" for one in kept), "utf-8")
    loaded = Written.load(answers)
    assert [(one.text, one.kind, one.right) for one in loaded] == [
        ("In 1821.", "questions", True),
        ("Paris.", "near_miss", False),
    ]
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nearlier\n{END}\nafter\n", "utf-8")
    put(page, answers, "About it.")
    text = page.read_text("utf-8")
    assert "earlier" not in text
    assert "| of 1 with an answer: right | 1 |" in text
    assert "| **of the answers given, not right** | **50%** |" in text


def test_a_run_is_not_taken_up_with_another_model(tmp_path: Path) -> None:
    out = tmp_path / "written.jsonl"
    small, large = ({"model": model, "documents": "a"} for model in ("small", "large"))
    _keep_to(out, small)
    out.touch()
    _keep_to(out, large)  # nothing was answered yet
    out.write_text("{}")
    _keep_to(out, large)
    for about in (small, large | {"documents": "b"}):
        with pytest.raises(ValueError, match="another model"):
            _keep_to(out, about)


def test_the_page_has_the_marks_and_every_peer_what_it_needs() -> None:
    text = PAGE.read_text("utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
    for name in PEERS:
        lines = (HERE / "requirements" / f"{name}.txt").read_text("utf-8").splitlines()
        assert lines[0] == f"-r ../../requirements/{name}.txt"
        assert all("==" in line for line in lines[1:])
        assert (HERE / f"with_{name}.py").is_file()


def test_kinds_take_turns_so_that_a_run_may_break_off() -> None:
    two, one = [Question("1"), Question("2")], [Question("3")]
    sample = Sample({}, ({}, {}), [], [*two, Question("4")], one, one, [])
    came = [(kind, question.text) for kind, question in _taking_turns(sample)]
    assert came == [
        ("questions", "1"), ("questions", "2"), ("off_corpus", "3"), ("near_miss", "3"),
        ("questions", "4"),
    ]  # fmt: skip


@pytest.mark.model
def test_the_meter_forwards_and_counts_streams_as_well() -> None:
    asked = {"model": "small", "messages": [{"role": "user", "content": "Say a word."}]}
    with chat_server(2048) as served, metered(served, 6) as (url, meter):
        for more in ({"max_tokens": 50}, {"stream": True}):
            body = json.dumps(asked | more).encode()
            request = Request(f"{url}/chat/completions", body, {"Content-Type": "application/json"})
            with urlopen(request) as response:
                assert response.status == 200
                assert response.read()
            spent = meter.read()
            assert spent.requests == 1
            assert spent.tokens_in > 3
            assert 0 < spent.tokens_out <= 6
    assert meter.read() == Spent(0, 0, 0)


def test_the_meter_says_what_the_endpoint_says_and_that_it_is_gone() -> None:
    class Busy(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_error(503, "busy")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Busy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with metered(f"http://127.0.0.1:{server.server_port}/v1", 6) as (url, meter):
        asked = Request(f"{url}/chat/completions", b"{}")
        with pytest.raises(HTTPError, match="503"):
            urlopen(asked)
        server.shutdown()
        server.server_close()
        with pytest.raises(HTTPError, match="502"):
            urlopen(asked)
        assert meter.read() == Spent(0, 0, 0)


@pytest.mark.model
@pytest.mark.parametrize("name", [OURS, "plain"])
def test_an_adapter_writes(name: str, tmp_path: Path) -> None:
    here = Environment(name, Path(sys.executable), 0.0, 0, ADAPTERS)
    lines = [json.dumps({"doc_id": key, "text": text}) for key, text in DOCUMENTS.items()]
    (tmp_path / "all").write_text("\n".join(lines), "utf-8")
    index = tmp_path / name
    index.mkdir()
    run_whole(here, index, [{"do": "build", "documents": str(tmp_path / "all")}])
    with chat_server(4096) as served, metered(served, 40) as (url, meter):
        process = Open(here, index)
        try:
            model = {"url": url, "name": "small"}
            prose = process.do({"do": "write", "question": DIED.text, "model": model}).found
            assert prose["text"]
            assert checkable([prose["citations"]], DOCUMENTS) == 1  # of which one is the model's
            assert meter.read().requests == 1
            other = {"do": "write", "question": "Who painted the ceiling?", "model": model}
            assert process.do(other).found["declined"] is (True if name == OURS else None)
            assert meter.read().requests == (0 if name == OURS else 1)
        finally:
            process.close()
