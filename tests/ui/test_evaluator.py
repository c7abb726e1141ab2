"""Asking a gold file in the background: it always ends, and says how."""

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qa.answer.pipeline import Answerer
from qa.errors import GoldError, QAError, UsageError
from qa.evaluate.ask import evaluate
from qa.evaluate.gold import GoldQuestion
from qa.evaluate.record import Record
from qa.index.build import build_index
from qa.settings import AskSettings, BuildSettings
from qa.ui.evaluator import EvaluationStatus, Evaluator
from tests.conftest import CORPUS, tiny_settings, write_corpus

Progress = Callable[[int, int], None]

ALWAYS = AskSettings(max_risk=1.0)
GOLD: list[dict[str, object]] = [
    {
        "question": "Do roses want sun and clay?",
        "answers": ["sun and clay"],
        "evidence": ["Roses want sun and clay."],
        "answerable": True,
        "split": "test",
    },
    {"question": "Who painted the ceiling?", "answerable": False},
    {
        "question": "When was it opened?",
        "answers": ["1781"],
        "evidence": ["It was opened in 1781."],
        "answerable": True,
    },
]


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluation")
    write_corpus(folder / "corpus", CORPUS)
    names = tiny_settings(folder / "index")
    settings = BuildSettings(encoder=names.encoder, reader=names.reader)
    build_index(folder / "corpus", folder / "index", settings)
    return folder / "index"


@pytest.fixture
def evaluation(index_dir: Path) -> Evaluator:
    return Evaluator(index_dir, ALWAYS)


@pytest.fixture
def gold_file(tmp_path: Path) -> Path:
    return write_gold(tmp_path / "f3a9c1" / "gold.jsonl", GOLD)


def write_gold(path: Path, records: Sequence[object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


class Held:
    """Stands in for `evaluate`: asks one question, then waits until it may go on."""

    def __init__(self) -> None:
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    def __call__(
        self, answerer: Answerer, gold: Sequence[GoldQuestion], progress: Progress
    ) -> list[Record]:
        progress(1, len(gold))
        self.begun.set()
        assert self.may_go_on.wait(60)
        return evaluate(answerer, gold, progress)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    held = Held()
    monkeypatch.setattr("qa.ui.evaluator.evaluate", held)
    return held


def test_before_the_first_there_is_nothing(evaluation: Evaluator) -> None:
    assert evaluation.status() == EvaluationStatus()
    evaluation.wait()


def test_a_gold_file_is_asked_in_the_background_and_reported(
    evaluation: Evaluator, gold_file: Path, held: Held
) -> None:
    evaluation.start(gold_file, "mine.jsonl")
    assert held.begun.wait(60)
    now = evaluation.status()
    assert (now.gold, now.running, now.done, now.total) == ("mine.jsonl", True, 1, 3)
    assert (now.error, now.report) == ("", "")
    held.may_go_on.set()
    evaluation.wait()
    after = evaluation.status()
    assert (after.running, after.done, after.error) == (False, 3, "")
    assert after.report.startswith("<!DOCTYPE html>")
    for words in ("mine.jsonl", "Do roses want sun and clay?", "Who painted the ceiling?"):
        assert words in after.report


def test_it_never_tells_where_an_uploaded_file_lies(evaluation: Evaluator, gold_file: Path) -> None:
    evaluation.start(gold_file, "mine.jsonl")
    evaluation.wait()
    report = evaluation.status().report
    assert str(gold_file) not in report
    assert gold_file.parent.name not in report
    assert "mine.jsonl, line 1" in report, "the id of a question without one"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"question": "Who?", "answerable": false}\n{"question', "mine.jsonl, line 2: not JSON"),
        ("\n\n[1, 2]\n", "mine.jsonl, line 3: expected a JSON object, found list"),
        ('{"question": "Who?", "answerable": true}', "mine.jsonl, line 1: an answerable question"),
        ('{"answerable": false}', "mine.jsonl, line 1: it lacks 'question'"),
        ("", "mine.jsonl holds no questions"),
        ('{"data": 3}', "mine.jsonl looks like SQuAD's format, but data is no list"),
        (b"\xff\xfe\x00", "the gold file mine.jsonl cannot be read"),
        (None, "the gold file mine.jsonl cannot be read"),
    ],
)
def test_a_malformed_file_is_refused_by_the_name_the_person_knows(
    evaluation: Evaluator, tmp_path: Path, content: str | bytes | None, said: str
) -> None:
    path = tmp_path / "x71" / "gold.jsonl"
    path.parent.mkdir()
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(GoldError) as told:
        evaluation.start(path, "mine.jsonl")
    assert str(told.value).startswith(said)
    assert "x71" not in str(told.value)
    assert evaluation.status() == EvaluationStatus()


def test_a_split_can_be_asked_alone(evaluation: Evaluator, gold_file: Path) -> None:
    evaluation.start(gold_file, "mine.jsonl", "test")
    evaluation.wait()
    assert evaluation.status().total == 1
    assert "split test" in evaluation.status().report
    with pytest.raises(GoldError, match="holds no questions of split 'none'"):
        evaluation.start(gold_file, "mine.jsonl", "none")


def test_while_one_is_asked_another_is_refused_and_the_first_goes_on(
    evaluation: Evaluator, gold_file: Path, held: Held
) -> None:
    evaluation.start(gold_file, "first")
    assert held.begun.wait(60)
    with pytest.raises(UsageError, match="wait for it or stop it"):
        evaluation.start(gold_file, "second")
    held.may_go_on.set()
    evaluation.wait()
    assert evaluation.status().gold == "first"
    assert evaluation.status().report
    evaluation.start(gold_file, "third")
    evaluation.wait()
    assert evaluation.status().gold == "third"


def test_what_is_stopped_ends_without_a_report_and_another_can_follow(
    evaluation: Evaluator, gold_file: Path, held: Held
) -> None:
    evaluation.start(gold_file, "first")
    assert held.begun.wait(60)
    evaluation.stop()
    held.may_go_on.set()
    evaluation.wait()
    stopped = evaluation.status()
    assert (stopped.running, stopped.report, stopped.error) == (False, "", "it was stopped")
    evaluation.start(gold_file, "second")
    evaluation.wait()
    assert evaluation.status().report


def test_stopping_nothing_does_not_stop_the_next(evaluation: Evaluator, gold_file: Path) -> None:
    evaluation.stop()
    evaluation.start(gold_file, "mine")
    evaluation.wait()
    assert evaluation.status().report


def test_without_an_index_it_ends_and_says_so(tmp_path: Path, gold_file: Path) -> None:
    evaluation = Evaluator(tmp_path / "index")
    evaluation.start(gold_file, "mine")
    evaluation.wait()
    assert not evaluation.status().running
    assert "no index" in evaluation.status().error


@pytest.mark.parametrize("where", ["evaluate", "report_html", "open_index"])
def test_what_nobody_expected_ends_it_with_a_message(
    evaluation: Evaluator, gold_file: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise ZeroDivisionError("not meant for a person")

    logged: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", logged.append)
    monkeypatch.setattr(f"qa.ui.evaluator.{where}", fail)
    evaluation.start(gold_file, "mine")
    evaluation.wait()
    now = evaluation.status()
    assert (now.running, now.report) == (False, "")
    assert now.error == "it failed: please report this as a bug"
    assert [entry.exc_type for entry in logged] == [ZeroDivisionError], "whoever runs it is told"
    monkeypatch.undo()
    evaluation.start(gold_file, "mine")
    evaluation.wait()
    assert evaluation.status().report


def test_where_no_thread_can_be_had_it_is_not_running(
    evaluation: Evaluator, gold_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        with pytest.raises(QAError, match="cannot be asked now"):
            evaluation.start(gold_file, "mine")
    assert not evaluation.status().running
    evaluation.wait()
    evaluation.start(gold_file, "mine")
    evaluation.wait()
    assert evaluation.status().report


def test_of_many_that_start_at_once_one_does(
    evaluation: Evaluator, gold_file: Path, held: Held
) -> None:
    def start(number: int) -> str:
        try:
            evaluation.start(gold_file, f"number {number}")
        except UsageError:
            return ""
        return f"number {number}"

    with ThreadPoolExecutor(8) as pool:
        begun = list(filter(None, pool.map(start, range(8))))
    held.may_go_on.set()
    evaluation.wait()
    assert begun == [evaluation.status().gold]
    assert evaluation.status().report


def test_progress_never_goes_back_while_others_look(evaluation: Evaluator, gold_file: Path) -> None:
    evaluation.start(gold_file, "mine")

    def look(_: int) -> list[int]:
        seen = [evaluation.status().done]
        while evaluation.status().running:
            seen.append(evaluation.status().done)
        return seen

    with ThreadPoolExecutor(2) as pool:
        for seen in pool.map(look, range(2)):
            assert seen == sorted(seen)
    assert evaluation.status().done == len(GOLD)
