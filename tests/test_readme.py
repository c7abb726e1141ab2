"""The README does what it says: its commands and snippets are run, its links lead somewhere."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
# Commands that install, or serve until they are stopped; the others are run here.
NOT_RUN = ("make run", "make test", "python3 -m venv", ".venv/bin/", "qa serve")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def qa_commands() -> list[str]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line.startswith("qa ") and not line.startswith(NOT_RUN)]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, page_index: Path) -> Path:
    """The parts of a clone that the README's commands use, with the index built."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("corpus", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(page_index, folder / "index")
    return folder


def run(command: list[str] | str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        command,
        cwd=folder,
        shell=isinstance(command, str),
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )


@pytest.mark.model
@pytest.mark.parametrize("command", qa_commands())
def test_each_command_works_as_written(clone: Path, command: str) -> None:
    done = run(command, clone)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.model
def test_the_python_snippets_work_as_written(clone: Path) -> None:
    assert blocks("python")
    for snippet in blocks("python"):
        done = run([sys.executable, "-c", snippet], clone)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()


@pytest.mark.model
def test_the_console_session_prints_what_it_shows(clone: Path) -> None:
    (session,) = blocks("console")
    command, shown = session.split("\n", 1)
    done = run(command.removeprefix("$ "), clone)
    # The time differs from run to run, and the last digit of the confidence may.
    varying = re.compile(r"\d+%|\d+ ms")
    assert varying.sub("#", done.stdout.strip()) == varying.sub("#", shown.strip())


def test_make_targets_named_in_the_readme_exist() -> None:
    named = set(re.findall(r"`?make (\w+)`?", README)) - {"without"}
    targets = set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE))
    assert named
    assert named <= targets


def test_options_named_in_the_readme_exist() -> None:
    help_texts = "".join(
        run([sys.executable, "-m", "qa", command, "--help"], ROOT).stdout
        for command in ("index", "ask", "eval", "serve", "calibrate", "draft-gold", "feedback")
    )
    for option in set(re.findall(r"`(--[a-z-]+)", README)):
        assert option in help_texts, option


def test_links_and_pictures_lead_to_files() -> None:
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_pinned_versions_cover_every_dependency() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pinned = re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    names = {re.split(r"[<>=\[ ]", entry)[0].lower().replace("_", "-") for entry in wanted}
    assert names <= {name.lower().replace("_", "-") for name in pinned}
    assert "torch==2.13.0" in (ROOT / "constraints.txt").read_text()


def test_shell_examples_can_be_split_as_a_shell_does() -> None:
    for command in qa_commands():
        assert shlex.split(command)[0] == "qa"
