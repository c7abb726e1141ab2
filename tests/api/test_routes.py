"""What programs ask for over HTTP, from a server that runs."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa.answer.live import LiveAnswerer
from qa.api import returned
from qa.api.service import Service
from qa.api.serving import programs, start
from qa.cli import main
from qa.errors import IndexDamagedError
from qa.evaluate.feedback import FEEDBACK_FILE, Feedback, Verdict
from qa.settings import AskSettings, WriterSettings
from tests.api.serving import error_of, get, post, served
from tests.conftest import CORPUS, READ, tiny_settings
from tests.write.test_client import chunk, send, server

RIVETS = {"question": "How many rivets does the Forth Bridge need?"}


def without_times(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "timings_ms"}


# ---- asking


@pytest.mark.parametrize(
    "question", [RIVETS["question"], "Who is Napoleon?", "hi", "summarise bridges.txt"]
)
def test_an_answer_is_the_object_that_the_command_line_gives(
    address: str, index_dir: Path, capsys: pytest.CaptureFixture[str], question: str
) -> None:
    given = post(address, "ask", {"question": question})
    assert given.status_code == 200
    returned.Answer.model_validate_json(given.content)
    settings = tiny_settings(index_dir)
    main(["ask", question, "--json", "--max-risk", "1", "--index", str(index_dir),
          "--encoder", settings.encoder, "--reader", settings.reader])  # fmt: skip
    printed = json.loads(capsys.readouterr().out)
    assert without_times(given.json()) == without_times(printed)
    assert list(given.json()) == list(printed)


@pytest.mark.model
def test_a_question_that_follows_is_understood_from_the_answers_before_it(page_index: Path) -> None:
    first = {"question": "How many airstrips were destroyed in 2018?"}
    with served(page_index, max_risk=0.2) as address:
        before = post(address, "ask", first).json()
        assert before["understood"] is None
        then = {"question": "And how many cocaine laboratories?", "earlier": [before]}
        after = post(address, "ask", then).json()
        assert (after["answer"], "2018" in after["understood"]) == ("351", True)
        talk = post(address, "ask", {"question": "hi"}).json()
        after = post(address, "ask", {**then, "earlier": [before, talk]}).json()
        assert (after["answer"], "2018" in after["understood"]) == ("351", True)
        summary = post(address, "ask", {"question": "summarise inl-peru.txt"}).json()
        assert summary["overview"]
        after = post(address, "ask", {**then, "earlier": [before, summary]})
        assert after.status_code == 200
        alone = post(address, "ask", {"question": then["question"]}).json()
        assert alone["understood"] is None
        many = post(address, "ask", {**then, "earlier": [before] * 21})
        assert many.status_code == 422
        assert "earlier" in error_of(many)
        for odd in ({}, {"question": "x", "citations": [{"doc_id": 3}]}, "hi"):
            assert post(address, "ask", {**first, "earlier": [odd]}).status_code == 422


def test_every_quote_stands_where_it_is_said_to(address: str) -> None:
    answer = post(address, "ask", RIVETS).json()
    assert answer["citations"]
    for citation in answer["citations"]:
        text = READ[citation["doc_id"]]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        opened = post(address, "source", {k: citation[k] for k in ("doc_id", "start", "end")})
        assert opened.json()["quote"] == citation["quote"]


def test_only_the_documents_that_are_meant_are_asked(address: str) -> None:
    for only in (["garden.md"], ["letters/*"], ["letters"]):
        answer = post(address, "ask", {**RIVETS, "only": only}).json()
        found = post(address, "search", {**RIVETS, "only": only}).json()
        for passage in (*answer["passages"], *found["passages"]):
            assert passage["doc_id"].startswith(only[0].rstrip("*"))
    for path in ("ask", "search"):
        refused = post(address, path, {**RIVETS, "only": ["nothing.txt"]})
        assert refused.status_code == 404
        assert "nothing.txt" in error_of(refused)


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_a_stream_brings_the_same_answer(address: str) -> None:
    streamed = post(address, "ask", {**RIVETS, "stream": True})
    assert streamed.headers["content-type"].startswith("text/event-stream")
    ((name, answer),) = events(streamed.text)
    assert name == "answer"
    assert without_times(answer) == without_times(post(address, "ask", RIVETS).json())


@pytest.fixture
def writing(page_index: Path) -> Iterator[str]:
    """A server with a writer that says what the documents do, and something else."""
    said = "The units destroyed 351 cocaine laboratories in 2018 [1]. The moon is made of cheese. "
    with (
        server(send(200, chunk(said) + b"data: [DONE]\n\n")) as url,
        served(page_index, max_risk=0.2, writer=WriterSettings(url, "tiny")) as address,
    ):
        yield address


@pytest.mark.model
def test_what_a_writer_writes_comes_sentence_by_sentence_and_whole(writing: str) -> None:
    asked = {"question": "How many cocaine laboratories were destroyed in 2018?", "write": True}
    whole = post(writing, "ask", asked)
    returned.Answer.model_validate_json(whole.content)
    written = whole.json()["written"]
    first, second = written["sentences"]
    assert first["citations"]
    assert second["struck"]
    streamed = events(post(writing, "ask", {**asked, "stream": True}).text)
    assert [name for name, _ in streamed] == ["answer", "sentence", "sentence", "written"]
    assert [sentence for name, sentence in streamed if name == "sentence"] == [first, second]
    assert streamed[-1][1]["sentences"] == [first, second]
    nothing = post(writing, "ask", {"question": "Who is the king of France?", "write": True})
    assert nothing.json()["answered"] is False
    assert nothing.json()["written"] is None


def test_without_a_writer_nothing_is_written_and_that_is_said(address: str) -> None:
    refused = post(address, "ask", {**RIVETS, "write": True})
    assert refused.status_code == 409
    assert "--llm" in error_of(refused)


# ---- searching, listing, opening


def test_as_many_passages_are_found_as_are_wanted_the_best_first(address: str) -> None:
    most = post(address, "search", {**RIVETS, "k": 100}).json()["passages"]
    assert len(most) > 2
    assert [p["rank"] for p in most] == list(range(1, len(most) + 1))
    assert sorted(most, key=lambda p: -p["score"]) == most
    assert post(address, "search", {**RIVETS, "k": 2}).json()["passages"] == most[:2]
    assert "rivets" in most[0]["text"]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_every_document_is_listed_once_however_many_at_a_time(address: str, limit: int) -> None:
    listed: list[str] = []
    after: str | None = ""
    while after is not None:
        page = get(address, "documents", limit=limit, after=after).json()
        assert page["total"] == len(CORPUS)
        assert len(page["documents"]) <= limit
        listed += [document["doc_id"] for document in page["documents"]]
        after = page["next"]
    assert listed == sorted(CORPUS)


def test_documents_are_found_by_path_and_title(address: str) -> None:
    page = get(address, "documents", within="ADA").json()
    assert [document["doc_id"] for document in page["documents"]] == ["letters/ada.txt"]


def test_an_opened_place_says_whether_its_file_has_changed(address: str, corpus: Path) -> None:
    name = "bridges.txt"
    place = {"doc_id": name, "start": 10, "end": 20, "around": 5}
    opened = post(address, "source", place).json()
    returned.Source.model_validate(opened)
    text = READ[name]
    assert (opened["before"], opened["quote"], opened["after"]) == (
        text[5:10], text[10:20], text[20:25],
    )  # fmt: skip
    assert opened["state"] == "unchanged"
    (corpus / name).write_text("other words")
    assert post(address, "source", place).json()["state"] == "changed"
    (corpus / name).unlink()
    assert post(address, "source", place).json()["state"] == "missing"


def test_an_opened_place_says_under_which_heading_it_stands(address: str) -> None:
    at = READ["garden.md"].index("Prune")
    opened = post(address, "source", {"doc_id": "garden.md", "start": at, "end": at + 5}).json()
    assert opened["heading"].endswith("Roses")


@pytest.mark.parametrize(
    ("doc_id", "start", "end"),
    [("none.txt", 0, 1), ("bridges.txt", 5, 5), ("bridges.txt", 9, 5), ("bridges.txt", 0, 10**6),
     ("../corpus/bridges.txt", 0, 1), ("/etc/passwd", 0, 1)],
)  # fmt: skip
def test_a_place_that_is_not_there_is_said_to_be(
    address: str, doc_id: str, start: int, end: int
) -> None:
    refused = post(address, "source", {"doc_id": doc_id, "start": start, "end": end})
    assert refused.status_code == 404
    assert doc_id in error_of(refused)


# ---- verdicts


def test_a_verdict_is_kept_where_the_page_keeps_them(address: str, index_dir: Path) -> None:
    answer = post(address, "ask", RIVETS).json()
    kept = post(address, "feedback", {**answer, "verdict": "up"})
    assert kept.status_code == 201
    (entry,) = Feedback(index_dir / FEEDBACK_FILE).entries()
    assert (entry.id, entry.verdict) == (kept.json()["id"], Verdict.UP)
    assert (entry.question, entry.answer) == (answer["question"], answer["answer"])
    assert entry.generation == get(address, "health").json()["generation"]
    assert [place.quote for place in entry.citations] == [c["quote"] for c in answer["citations"]]


def test_a_verdict_on_what_the_documents_do_not_say_is_refused(
    address: str, index_dir: Path
) -> None:
    answer = post(address, "ask", RIVETS).json()
    (first, *_) = answer["citations"]
    made_up: dict[str, Any]
    for made_up in (
        {"answer": "seven"},
        {"citations": []},
        {"citations": [{**first, "quote": "Their cantilevers need 7 rivets."}]},
        {"citations": [{**first, "doc_id": "none.txt"}]},
        {"state": "overview", "answer": None, "citations": []},
        {"state": "unclear", "answered": False, "answer": None, "citations": []},
        {"state": "parts"},
    ):
        refused = post(address, "feedback", {**answer, "verdict": "up", **made_up})
        assert refused.status_code == 409, made_up
        assert error_of(refused)
    assert not Feedback(index_dir / FEEDBACK_FILE).entries()


def test_a_server_for_reading_only_keeps_no_verdict(index_dir: Path) -> None:
    with served(index_dir, read_only=True) as address:
        answer = post(address, "ask", RIVETS).json()
        refused = post(address, "feedback", {**answer, "verdict": "up"})
    assert refused.status_code == 403
    assert "only read" in error_of(refused)
    assert not (index_dir / FEEDBACK_FILE).exists()


# ---- watching


def test_before_there_is_an_index_it_is_said_what_to_do_and_then_it_is_ready(
    tmp_path: Path, tiny_build: Callable[..., Path]
) -> None:
    with served(tmp_path / "index") as address:
        health = get(address, "health")
        assert health.status_code == 503
        assert "qa index" in returned.Health.model_validate_json(health.content).problem  # type: ignore[operator]
        for refused in (post(address, "ask", RIVETS), get(address, "documents")):
            assert refused.status_code == 503
            assert "qa index" in error_of(refused)
        assert "qa_index_ready 0.0" in get(address, "metrics").text
        tiny_build()
        health = get(address, "health")
        assert health.status_code == 200
        assert health.json()["documents"] == len(CORPUS)
        assert post(address, "ask", RIVETS).status_code == 200


def test_counts_tell_how_often_and_nothing_of_what(address: str) -> None:
    for question in (RIVETS["question"], RIVETS["question"], "hi"):
        post(address, "ask", {"question": question})
    post(address, "ask", {**RIVETS, "only": ["nothing.txt"]})
    metrics = get(address, "metrics")
    assert metrics.headers["content-type"].startswith("text/plain; version=")
    lines = metrics.text.splitlines()
    assert 'qa_questions_total{state="answer",via="api"} 2.0' in lines
    assert 'qa_questions_total{state="talk",via="api"} 1.0' in lines
    assert 'qa_question_seconds_count{via="api"} 3.0' in lines
    assert 'qa_errors_total{kind="NotThereError",via="api"} 1.0' in lines
    assert "qa_index_generation 1.0" in lines
    assert "qa_index_documents 3.0" in lines
    for word in ("rivets", "Forth", "nothing.txt", "bridges"):
        assert word not in metrics.text


# ---- what goes wrong


class Broken(LiveAnswerer):
    def __init__(self, error: Exception) -> None:
        self._error = error

    def current(self) -> Any:
        raise self._error


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (RuntimeError("secret of the inside"), 500, "has failed"),
        (IndexDamagedError("build it again"), 503, "build it again"),
    ],
)
def test_whatever_fails_is_told_in_json_without_the_inside(
    tmp_path: Path, error: Exception, status: int, said: str
) -> None:
    service = Service(Broken(error), Feedback(tmp_path / FEEDBACK_FILE))
    with start(programs(service, api=True, mcp=False)) as running:
        for reply in (
            post(running.address, "ask", RIVETS),
            get(running.address, "documents"),
            post(running.address, "source", {"doc_id": "a", "start": 0, "end": 1}),
        ):
            assert reply.status_code == status
            assert said in error_of(reply)
            assert "secret" not in reply.text


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"no JSON", 400, "JSON"),
        (b"", 422, "body"),
        (b"[]", 422, "dictionary"),
        (b'{"question": 7}', 422, "question"),
        (b'{"question": ""}', 422, "question"),
        (b'{"question": " \\u0000\\n "}', 422, "blank"),
        (b'{"question": "x", "onyl": []}', 422, "onyl"),
        (b'{"question": "\\ud800"}', 422, "question"),
        (json.dumps({"question": "x" * 2001}).encode(), 422, "2000"),
        (b"\xff", 400, "JSON"),
    ],
)
def test_a_request_that_is_wrong_is_told_what_is_expected(
    address: str, body: bytes, status: int, said: str
) -> None:
    reply = httpx.post(
        f"{address}v1/ask", content=body, headers={"Content-Type": "application/json"}
    )
    assert reply.status_code == status, reply.text
    assert said in error_of(reply)


def test_what_is_not_there_and_what_cannot_be_done_is_told(address: str) -> None:
    assert get(address, "nothing").status_code == 404
    assert "/v1/openapi.json" in error_of(get(address, "nothing"))
    wrong = httpx.request("DELETE", f"{address}v1/documents")
    assert wrong.status_code == 405
    assert error_of(wrong)
    assert httpx.get(address).status_code == 404, "no page is served"


def test_questions_are_answered_from_the_newest_generation(
    address: str, corpus: Path, tiny_build: Callable[..., Path]
) -> None:
    before = get(address, "health").json()
    shutil.copy(corpus / "garden.md", corpus / "another.md")
    (corpus / "another.md").write_text("# Ferns\n\nFeed the ferns in February.\n")
    tiny_build()
    after = get(address, "health").json()
    assert after["documents"] == before["documents"] + 1
    assert after["generation"] > before["generation"]
    found = post(address, "ask", {"question": "What of the ferns?", "only": ["another.md"]})
    assert found.status_code == 200


def test_settings_hold_for_programs_too(index_dir: Path) -> None:
    assert AskSettings().max_risk < 1
    with served(index_dir, max_risk=0.0) as address:
        assert post(address, "ask", RIVETS).json()["answered"] is False
