"""To whom nobody has given a right, a collection and its documents are not there at all."""

import re
from collections.abc import Iterator
from itertools import product

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.team.door import Limits
from qa.ui.gate import TOKEN_HEADER
from tests.conftest import CORPUS
from tests.team.serving import Served, served
from tests.ui.serving import call

SECRET = {
    "merger.txt": "The Iron Bridge was opened in 1779, whatever others say. Roses want shade.\n",
    "garden.md": "# The garden\n\nNobody may know that the ferns are made of plastic.\n",
    "ada.txt": "Ada asked for 99 pages of tables by Friday. Charles refused.\n",
}
OFTEN = Limits(questions=100_000)
_WORDS = sorted({word for text in (*CORPUS.values(), *SECRET.values()) for word in text.split()})
_OWN = re.compile(r'"timings_ms":\s*\{[^}]*\}')
# Of a running process and of time, which never are the same.
_MEASURED = re.compile(
    r"^(# .*|process_.*|\w+_created\b.*|qa_question_seconds_(sum|bucket).*)\n", re.MULTILINE
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    """The same team twice: with a collection that ben may not see, and without one."""
    folder = tmp_path_factory.mktemp("hidden")
    with (
        served(folder / "with", {"garden": CORPUS, "secret": SECRET}, limits=OFTEN) as full,
        served(folder / "without", {"garden": CORPUS}, limits=OFTEN) as bare,
    ):
        yield full, bare


def told(reply: httpx.Response) -> tuple[int, str, dict[str, str]]:
    """Return all that a reply tells, but the time of day and how long it took."""
    headers = {k: v for k, v in reply.headers.items() if k not in ("date", "content-length")}
    return reply.status_code, _MEASURED.sub("", _OWN.sub("", reply.text)), headers


questions = st.one_of(
    st.lists(st.sampled_from(_WORDS), min_size=1, max_size=8).map(" ".join),
    st.sampled_from(
        [
            "When was the Iron Bridge opened?",
            "What are the ferns made of?",
            "How many pages did Ada ask for?",
            "Which documents do you have?",
            "merger.txt",
            "Do roses want sun or shade?",
            "What can I ask?",
            "Wen was teh Iron Brigde opened?",
        ]
    ),
    st.text(min_size=1, max_size=60).filter(lambda text: text.strip() != ""),
)


@given(question=questions)
def test_no_answer_tells_that_a_hidden_document_exists(
    both: tuple[Served, Served], question: str
) -> None:
    found = []
    for one in both:
        with one.browser("ben") as ben:
            post = [
                told(ben.post(f"/c/garden/v1/{path}", json={"question": question, **more}))
                for path, more in (("ask", {}), ("search", {"k": 20}), ("ask", {"only": ["mer*"]}))
            ]
            token = {TOKEN_HEADER: ben.get("/c/garden/qa/token").text}
            components = ben.get("/c/garden/config").json()["components"]
            numbers = {c["props"].get("elem_id"): c["id"] for c in components}
            for element, function in (
                ("qa-sent", "ask"),
                ("qa-documents", "find_documents"),
                ("qa-source", "open_evidence"),
            ):
                fields = {"question": question, "query": question, "text": question}
                body = call(numbers[element], function, fields)
                reply = ben.post(
                    "/c/garden/gradio_api/component_server/",
                    content=body,
                    headers={**token, "Content-Type": "application/json"},
                )
                post.append(_undated(told(reply)))
            found.append(post)
    assert found[0] == found[1]


def _undated(said: tuple[int, str, dict[str, str]]) -> tuple[int, str, dict[str, str]]:
    status, text, headers = said
    return status, re.sub(r"\d+ ms|v\d+|data-version=\S+", "", text), headers


PATHS = [
    "/",
    "/account",
    "/collection?name=secret",
    "/c/secret",
    "/c/secret/",
    "/c/secret/v1/health",
    "/c/secret/v1/documents",
    "/c/secret/mcp",
    "/c/secret/config",
    "/c/secret/gradio_api/info",
    "/c/garden/v1/health",
    "/c/garden/v1/documents",
    "/c/garden/v1/metrics",
    "/c/garden/v1/openapi.json",
    "/c/../c/secret/",
    "/c/garden/../secret/",
    "/c/garden/%2e%2e/secret/v1/health",
    "/v1/collections",
]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("name", ["ben", "cem", ""])
def test_no_page_list_count_or_error_tells_it_either(
    both: tuple[Served, Served], method: str, name: str
) -> None:
    body = {"question": "What are the ferns made of?"} if method == "POST" else None
    found: tuple[list[object], list[object]] = ([], [])
    for one, said in zip(both, found, strict=True):
        with one.browser(name) if name else one.stranger() as client:
            for path, headers in product(PATHS, ({}, {"Sec-Fetch-Mode": "navigate"})):
                reply = client.request(method, path, headers=headers, json=body)
                shown = reply.text.replace(one.address, "")
                shown = re.sub(r'value="[0-9a-f]{64}"', "", shown)
                said.append((method, path, reply.status_code, _MEASURED.sub("", shown)))
    assert found[0] == found[1]


def test_a_name_that_is_hidden_is_answered_as_one_that_is_not_there(
    both: tuple[Served, Served],
) -> None:
    full, _ = both
    for name in ("ben", "cem"):
        with full.browser(name) as client:
            for below in ("", "/", "/v1/ask", "/v1/health", "/config", "/qa/token"):
                hidden = client.get(f"/c/secret{below}")
                nothing = client.get(f"/c/nowhere{below}")
                assert told(hidden) == told(nothing)
                assert hidden.status_code == 404


def test_who_may_see_it_finds_it(both: tuple[Served, Served]) -> None:
    full, _ = both
    with full.browser("admin") as admin:
        reply = admin.post("/c/secret/v1/ask", json={"question": "What are the ferns made of?"})
        assert "plastic" in reply.text
