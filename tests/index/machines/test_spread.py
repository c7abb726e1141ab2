"""A real Ray of several machines, as it sees them, prepares documents; parts of it are killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.scale import document as generated
from qa.answer.live import open_index
from qa.errors import WorkerError
from qa.index.build import build_index
from qa.index.folders import encoders_dir
from qa.index.local.generations import Index
from qa.index.progress import BuildEvent, BuildReport
from qa.models.export_encoder import model_folder
from qa.settings import AskSettings
from tests.conftest import CORPUS, EAGER, ROOT, tiny_settings, write_corpus, write_tiny_encoder
from tests.index.conftest import address
from tests.index.machines.test_work import BAD, HELD, HUGE
from tests.index.test_build import QUESTIONS
from tests.index.test_stores import assert_same_answers, assert_same_contents

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
_ONE_BUILD = """
import sys
from pathlib import Path
from qa.index.build import build_index
from tests.conftest import tiny_settings
folder = Path(sys.argv[1])
settings = tiny_settings(folder / "mine")
print(build_index(folder / "corpus", folder / "mine", settings, ray="local").documents)
"""


class Scene:
    """A folder with documents good and bad, and indexes of it."""

    def __init__(self, folder: Path, ray: str) -> None:
        self.folder, self.ray = folder, ray
        files = {f"{n:03d}.txt": generated(n)[0] for n in range(60)}
        self.corpus = write_corpus(folder / "corpus", CORPUS | BAD | files)

    def build(self, name: str = "mine", **options: Any) -> BuildReport:
        """Build with Ray's machines and the tiny models, unless told otherwise."""
        index_dir = self.folder / name
        options.setdefault("ray", self.ray)
        if "settings" not in options:
            options["settings"] = tiny_settings(index_dir)
        return build_index(self.corpus, index_dir, **options)

    def assert_as_without_ray(self, **options: Any) -> None:
        """See that it holds what one does that Ray had no part in."""
        self.build("plain", ray="", **options)
        mine, plain = (open_index(self.folder / name) for name in ("mine", "plain"))
        assert_same_contents(mine.index, plain.index)


@pytest.fixture(scope="module")
def machines() -> Iterator[Any]:
    """Two machines of one core each, as far as Ray can tell; it reports to nobody."""
    from ray.cluster_utils import Cluster

    from qa.index.machines import spread  # noqa: F401 - switches its reports off

    running = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    running.add_node(num_cpus=1)
    yield running
    running.shutdown()


@pytest.fixture
def scene(tmp_path: Path, machines: Any) -> Scene:
    return Scene(tmp_path, machines.address)


@pytest.fixture
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two documents a task, so that there is something to kill in the middle."""
    monkeypatch.setattr("qa.index.machines.spread._MOST_DOCUMENTS", 2)


@pytest.mark.model
@pytest.mark.parametrize("kept", ["local", "lite", "cluster"])
def test_a_build_holds_and_answers_what_one_without_ray_does(
    scene: Scene, kept: str, request: pytest.FixtureRequest
) -> None:
    if kept == "cluster":
        request.getfixturevalue("cluster")
    store = address(kept, scene.folder)
    report = scene.build(store=store, settings=None)
    assert report.encoded == report.passages
    assert report.tokens > 0
    assert {file.doc_id for file in report.skipped} == BAD.keys()
    scene.build("plain", ray="", settings=None)
    mine = open_index(scene.folder / "mine", AskSettings(max_risk=1.0), store=store)
    plain = open_index(scene.folder / "plain", AskSettings(max_risk=1.0))
    assert_same_contents(mine.index, plain.index)
    assert_same_answers(mine, plain, [*QUESTIONS, *(generated(n)[1] for n in range(0, 60, 6))])
    assert scene.build(store=store, settings=None).up_to_date


def test_updates_follow_what_is_added_changed_renamed_and_removed(scene: Scene) -> None:
    scene.build()
    write_corpus(scene.corpus, {"new.txt": generated(700)[0], "001.txt": generated(701)[0]})
    (scene.corpus / "garden.md").rename(scene.corpus / "plants.md")
    (scene.corpus / "bridges.txt").unlink()
    report = scene.build()
    assert (report.added, report.changed, report.renamed, report.removed) == (1, 1, 1, 1)
    scene.assert_as_without_ray()


def test_only_what_is_new_goes_to_the_machines_and_to_another_encoder_all_is(scene: Scene) -> None:
    def joins(**options: Any) -> bool:
        stages: set[str] = set()
        scene.build(progress=lambda event: stages.add(event.stage), **options)
        return "joining the machines" in stages

    assert joins()
    write_corpus(scene.corpus, {"001.txt": generated(701)[0]})
    (scene.corpus / "garden.md").rename(scene.corpus / "plants.md")
    assert not joins()
    settings = tiny_settings(scene.folder / "mine")
    folder = model_folder(encoders_dir(scene.folder / "mine"), settings.encoder, settings.precision)
    write_tiny_encoder(folder, max_tokens=16)
    assert joins(settings=settings)
    assert Index.open(scene.folder / "mine").manifest.encoder_fingerprint == "tiny-16"


@pytest.mark.usefixtures("small_tasks")
def test_a_machine_that_dies_costs_nothing(scene: Scene, machines: Any) -> None:
    third = machines.add_node(num_cpus=2)
    done: list[str] = []

    def kill(event: BuildEvent) -> None:
        done.extend([event.doc_id] if event.doc_id else [])
        if len(done) == 10 and event.doc_id:
            machines.remove_node(third, allow_graceful=False)

    scene.build(pace=EAGER, progress=kill)
    assert third not in machines.list_all_nodes()
    scene.assert_as_without_ray()


@pytest.mark.usefixtures("small_tasks")
def test_processes_that_die_cost_nothing(scene: Scene, machines: Any) -> None:
    killed: list[int] = []

    def kill(event: BuildEvent) -> None:
        if event.doc_id and len(killed) < 3:
            killed.extend(kill_one_at_work(machines))

    scene.build(pace=EAGER, progress=kill)
    assert killed
    scene.assert_as_without_ray()


def kill_one_at_work(machines: Any) -> list[int]:
    """Kill a process in which Ray prepares documents; return it, or nothing if there is none."""
    for node in machines.list_all_nodes():
        raylet = node.all_processes["raylet"][0].process.pid
        for pid in Path(f"/proc/{raylet}/task/{raylet}/children").read_text().split():
            if b"ray::_prepare" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(int(pid), 9)
                return [int(pid)]
    return []


@pytest.mark.skipif(sys.platform != "linux", reason="memory is held on Linux only")
def test_a_document_that_kills_its_parser_costs_only_itself(scene: Scene) -> None:
    write_corpus(scene.corpus, {"huge.txt": HUGE})
    report = scene.build(limits=HELD)
    assert {file.doc_id for file in report.skipped} == {*BAD, "huge.txt"}
    scene.assert_as_without_ray(limits=HELD)


@pytest.mark.usefixtures("small_tasks")
def test_a_build_that_was_stopped_is_carried_on(scene: Scene) -> None:
    import ray

    done: list[str] = []

    def stop(event: BuildEvent) -> None:
        done.extend([event.doc_id] if event.doc_id else [])
        if len(done) == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scene.build(pace=EAGER, progress=stop)
    assert not ray.is_initialized()
    report = scene.build()
    assert 0 < report.encoded < report.passages
    scene.assert_as_without_ray()


def test_ray_is_started_for_one_build_on_this_machine(tmp_path: Path) -> None:
    scene = Scene(tmp_path, "local")
    command = [sys.executable, "-c", _ONE_BUILD, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "63\n"), done.stderr
    assert "Traceback" not in done.stderr
    scene.assert_as_without_ray()


def test_a_machine_with_another_program_is_said(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.index.reading.program", lambda: "qa 0.0.1")
    with pytest.raises(WorkerError, match=r"runs qa .*, the builder qa 0\.0\.1: install the same"):
        scene.build()


def test_a_cluster_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match=r"127\.0\.0\.1:9"):
        Scene(tmp_path, "127.0.0.1:9").build()
