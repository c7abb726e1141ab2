"""A real Milvus cluster of which parts are killed: nothing is lost, and answers come back."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.milvus_cluster import QUERY_NODES, ROLES, Cluster
from benchmarks.scale import document as generated
from qa.answer.live import LiveAnswerer, open_index
from qa.errors import QAError, StoreError
from qa.evaluate.feedback import Feedback
from qa.settings import AskSettings
from qa.ui.page_state import Conversation
from qa.ui.panes.conversation import ConversationPane
from qa.ui.panes.documents import DocumentsPane
from tests.conftest import write_corpus
from tests.index.conftest import address
from tests.index.test_stores import Both, assert_same_answers, contents

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]
_PATIENCE = 300  # seconds; how long it may take is not what is tested
_ASKED = [generated(number)[1] for number in range(0, 60, 6)]


@pytest.fixture
def filled(cluster: Cluster, tmp_path: Path) -> Iterator[Both]:
    """Sixty documents in the cluster, each part in two query nodes, and in a folder."""
    both = Both(tmp_path, address("cluster", tmp_path))
    write_corpus(both.corpus, {f"{n:02d}.txt": generated(n)[0] for n in range(60)})
    both.build()
    yield both
    cluster.restart()


def until_answered(both: Both) -> int:
    """Ask until all is answered as the folder's index answers; return how often that failed."""
    plain = open_index(both.plain_dir, AskSettings(max_risk=1.0))
    ends, failed = time.monotonic() + _PATIENCE, 0
    while True:
        try:
            assert_same_answers(both.open(), plain, _ASKED)
        except StoreError:
            failed += 1
            assert time.monotonic() < ends
            time.sleep(1)
        else:
            plain.close()
            return failed


def test_a_query_node_that_is_killed_costs_no_answer(cluster: Cluster, filled: Both) -> None:
    mine = filled.open()
    plain = open_index(filled.plain_dir, AskSettings(max_risk=1.0))
    wanted = {question: plain.ask(question).citations for question in _ASKED}
    stop = threading.Event()
    wrong: list[str] = []
    counts = {"answered": 0, "refused": 0}

    def ask() -> None:
        while not stop.is_set():
            for question in _ASKED:
                try:
                    same = mine.ask(question).citations == wanted[question]
                    wrong.extend([] if same else [question])
                    counts["answered"] += 1
                except StoreError:
                    counts["refused"] += 1

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    time.sleep(3)
    cluster.kill(QUERY_NODES[0])
    killed_at = counts["answered"]
    ends = time.monotonic() + _PATIENCE
    while counts["answered"] < killed_at + 50 and time.monotonic() < ends:
        time.sleep(0.5)
    stop.set()
    for thread in asking:
        thread.join()
    assert not wrong, counts
    assert counts["answered"] >= killed_at + 50, counts
    until_answered(filled)


def test_all_killed_and_started_again_has_lost_nothing(cluster: Cluster, filled: Both) -> None:
    before = contents(filled.open().index)
    live = LiveAnswerer(filled.index_dir, AskSettings(max_risk=1.0), store=filled.store)
    documents = DocumentsPane(live, None)
    asking = ConversationPane(live, None, Feedback(filled.index_dir / "f.sqlite", read_only=True))
    assert live.current().ask(_ASKED[0]).citations
    assert not documents.status()["down"]
    cluster.kill(*ROLES)
    turn = asking.ask(_ASKED[1], [])
    assert turn.answer is None
    assert "cannot be used just now" in turn.error
    status = documents.status()
    assert status["down"]
    assert "cannot be reached" in status["said"]
    assert "cannot be used just now" in str(status["html"])
    assert "cannot be asked just now" in asking.show(Conversation())
    with pytest.raises(StoreError, match="tried again"):
        filled.open()
    cluster.restart()
    until_answered(filled)
    ends = time.monotonic() + _PATIENCE
    while documents.status()["down"] and time.monotonic() < ends:
        time.sleep(1)
    assert not documents.status()["down"]
    assert asking.ask(_ASKED[1], []).answer is not None
    assert contents(filled.open().index) == before


def test_a_build_that_lost_the_store_is_carried_on(cluster: Cluster, filled: Both) -> None:
    write_corpus(filled.corpus, {f"more {n}.txt": generated(n)[0] for n in range(100, 130)})
    done: list[str] = []

    def kill(event: object) -> None:
        done.append(str(event))
        if len(done) == 12:
            cluster.kill("proxy", "datanode")

    with pytest.raises(QAError):
        filled.build_one(progress=kill)
    cluster.restart()
    until_answered(filled)
    filled.build()
    filled.assert_alike()
