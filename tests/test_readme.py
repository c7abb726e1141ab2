"""README and docs do what they say: commands and snippets are run, names and links lead somewhere.

Every line of a shell block is run here or, where it installs, trains or serves until it is
stopped, held against what it calls: targets of make, options of the commands, extras.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import qa
from qa.evaluate.gold import load_gold
from qa.evaluate.measures import MEASURES
from qa.settings import AskSettings, BuildSettings, ParseLimits
from qa.team.records.team import Team
from tests.conftest import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {path.name: path.read_text("utf-8") for path in PAGES}
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
COMMANDS = (
    "index",
    "ask",
    "chat",
    "summary",
    "eval",
    "calibrate",
    "check",
    "draft-gold",
    "feedback",
    "serve",
    "mcp",
    "team",
)
# They serve until they are stopped, or want what a clone has not: a trained reader, a BEIR folder,
# a Milvus, a Ray cluster.
NOT_RUN = (
    "qa serve",
    "qa mcp",
    "qa index --reader",
    "qa eval scifact",
    "qa index --store",
    "qa index --ray",
    "qa ask --store",
)
SETTING_UP = (
    "python3 -m venv .venv",
    ".venv/bin/python app.py",
    ".venv/bin/python -m pytest",
)
# Options of other programs, and of make.
FOREIGN = {"--help"}


class Line(NamedTuple):
    """A line of a shell block."""

    page: str
    text: str


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXTS[page], re.DOTALL | re.MULTILINE)


def pages_and_blocks(language: str) -> list[tuple[str, str]]:
    return [(page, block) for page in TEXTS for block in blocks(page, language)]


def shell_lines() -> list[Line]:
    """Read every shell block, comments aside; a line that comes twice is taken once."""
    lines = [
        Line(page, re.sub(r"\s+# .*", "", line).strip())
        for page, block in pages_and_blocks("sh")
        for line in block.splitlines()
        if line.strip()
    ]
    return list({line.text: line for line in lines}.values())


def qa_lines() -> list[Line]:
    return [line for line in shell_lines() if line.text.startswith("qa ")]


def lines_to_run() -> list[Line]:
    return [line for line in qa_lines() if not line.text.startswith(NOT_RUN)]


def inline_code(page: str) -> list[str]:
    prose = re.sub(r"^```.*?^```", "", TEXTS[page], flags=re.DOTALL | re.MULTILINE)
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose)]


def slug(heading: str) -> str:
    """Name a heading's anchor as GitHub does."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def run(command: list[str] | str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        command,
        cwd=folder,
        shell=isinstance(command, str),
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@cache
def help_of(*module: str) -> str:
    """Ask a command for its help."""
    return run([sys.executable, "-m", *module, "--help"], ROOT).stdout


@cache
def options_of(module: str) -> set[str]:
    """Find a script's options in its source: its imports may want an extra."""
    path = ROOT / module.replace(".", "/")
    main = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
    source = main.read_text("utf-8")
    return set(re.findall(r"\"(--[a-z-]+)\"", source)) | FOREIGN


def options_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, page_index: Path) -> Path:
    """The parts of a clone that the commands use, with the index built."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("corpus", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(page_index, folder / "index")
    Team(folder / "team").close()  # as `qa serve --team` begins it
    return folder


@pytest.mark.model
@pytest.mark.parametrize("line", lines_to_run(), ids=lambda line: f"{line.page}: {line.text}")
def test_each_command_works_as_written(clone: Path, line: Line) -> None:
    done = run(line.text, clone)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.model
@pytest.mark.parametrize(("page", "snippet"), pages_and_blocks("python"))
def test_each_python_snippet_works_as_written(clone: Path, page: str, snippet: str) -> None:
    done = run([sys.executable, "-c", snippet], clone)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.model
@pytest.mark.parametrize(("page", "session"), pages_and_blocks("console"))
def test_each_console_session_prints_what_it_shows(clone: Path, page: str, session: str) -> None:
    # The time differs from run to run, and the last digit of the confidence may.
    varying = re.compile(r"\d+%|\d+ ms")
    assert session.startswith("$ ")
    for step in session.removeprefix("$ ").split("\n$ "):
        command, _, shown = step.partition("\n")
        done = run(command, clone)
        assert varying.sub("#", done.stdout.strip()) == varying.sub("#", shown.strip())


def test_the_readme_has_what_is_run() -> None:
    assert len(blocks("README.md", "console")) == len(blocks("README.md", "python")) == 1
    assert len([line for line in lines_to_run() if line.page == "README.md"]) >= 5


def test_the_readme_can_be_read_at_a_stroke() -> None:
    assert len(TEXTS["README.md"].splitlines()) <= 120
    assert len(TEXTS["README.md"].split()) <= 900


@pytest.mark.parametrize("line", shell_lines(), ids=lambda line: f"{line.page}: {line.text}")
def test_each_shell_line_calls_what_there_is(line: Line) -> None:
    words = shlex.split(line.text)
    if words[0] == "qa":
        assert words[1] in COMMANDS
        command = words[1:3] if words[1] == "team" else words[1:2]
        assert options_in(line.text) <= options_in(help_of("qa", *command))
    elif words[0] == "make":
        assert words[1] in re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE)
    elif words[:2] == ["python", "-m"]:
        assert options_in(line.text) <= options_of(words[2])
    elif words[0].endswith("pip"):
        named = [words[n + 1] for n, word in enumerate(words) if word in ("-c", "-r")]
        assert all((ROOT / name).exists() for name in named)
        if "-e" in words:
            (extra,) = re.findall(r"\[(\w+)\]", words[-1])
            assert extra in PROJECT["optional-dependencies"]
    else:
        assert line.text in SETTING_UP


@pytest.mark.parametrize("page", TEXTS)
def test_commands_and_options_in_the_text_exist(page: str) -> None:
    targets = re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE)
    anywhere = set().union(*(options_in(help_of("qa", command)) for command in COMMANDS))
    anywhere |= options_in(help_of("qa"))
    for code in inline_code(page):
        words = code.split()
        if re.match(r"make (?!PYTHON)", code):
            assert words[1] in targets, code
        if re.match(r"qa [a-z]", code):
            assert words[1] in COMMANDS, code
            assert options_in(code) <= options_in(help_of("qa", words[1])) | FOREIGN, code
        elif re.match(r"python -m (train|benchmarks)\.", code):
            assert options_in(code) <= options_of(words[2]), code
        elif code.startswith("--"):
            assert options_in(code) <= anywhere | options_of("train.calibrate"), code


def test_every_option_is_in_the_settings() -> None:
    told = options_in(TEXTS["SETTINGS.md"])
    for command in COMMANDS:
        assert options_in(help_of("qa", command)) - FOREIGN <= told, command


def test_every_setting_is_in_the_settings_with_its_default() -> None:
    text = TEXTS["SETTINGS.md"]
    aliases = {
        "file_bytes": "--max-file-mb",
        "memory_bytes": "--max-memory-mb",
        "unpacked_bytes": "--max-unpacked-mb",
    }
    for settings in (BuildSettings, AskSettings, ParseLimits):
        for field in fields(settings):
            option = f"--{field.name.replace('_', '-')}"
            names = (
                f"{settings.__name__}.{field.name}",
                option,
                option.replace("--", "--max-"),
                aliases.get(field.name, option),
            )
            rows = [row for row in text.splitlines() if any(f"`{n}" in row for n in names)]
            assert rows, names[0]
            assert any(_shown(field.name, field.default) in row for row in rows), names[0]


def _shown(name: str, default: object) -> str:
    """Write a default as the table does."""
    if isinstance(default, str):
        return f"`{default}`"
    if default == ():
        return "none"
    assert isinstance(default, int | float)
    number = default / 1e6 if name.endswith("_bytes") else default
    if number >= 1_000_000:
        return f"{number / 1e6:g} million"
    return f"{number:g}" if number < 5_000 else f"{number:,g}"


def test_every_public_name_is_in_the_contract() -> None:
    for name in qa.__all__:
        assert re.search(rf"`{name}\b", TEXTS["CONTRACT.md"]), name


def test_every_measure_is_explained() -> None:
    codes = inline_code("MEASURES.md")
    endings = tuple(code.removeprefix("…") for code in codes if code.startswith("…"))
    for name in MEASURES:
        assert name in codes or name.endswith(endings), name


@pytest.mark.model
def test_the_objects_of_the_contract_have_the_fields_it_names(clone: Path) -> None:
    answer, _, gold = map(json.loads, blocks("CONTRACT.md", "json"))
    done = run(["qa", "ask", "--json", "Which airport has a command center?"], clone)
    given = json.loads(done.stdout)
    assert set(given) == set(answer)
    for name in ("citations", "passages"):
        assert set(given[name][0]) == set(answer[name][0])
    measured = json.loads(
        run("qa eval tests/gold/inl_peru_plain.jsonl --split test --json", clone).stdout
    )
    told = set(inline_code("CONTRACT.md"))
    assert set(measured) - set(MEASURES) <= told
    assert {record["outcome"] for record in measured["records"]} <= told
    assert {"question", "answerable", "answers", "evidence"} <= set(gold)


def test_json_is_json_and_gold_is_gold(tmp_path: Path) -> None:
    for _, block in pages_and_blocks("json"):
        json.loads(block)
    gold = pages_and_blocks("jsonl")
    assert gold
    for page, block in gold:
        path = tmp_path / "gold.jsonl"
        path.write_text(block, "utf-8")
        questions = load_gold(path)
        assert any(question.answerable for question in questions), page
        corpus = (ROOT / "corpus" / "inl-peru.txt").read_text("utf-8")
        for question in questions:
            assert all(evidence in corpus for evidence in question.evidence)


def test_links_pictures_and_anchors_lead_somewhere() -> None:
    for path in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)]+)\)", TEXTS[path.name]):
            name, _, anchor = target.partition("#")
            there = path.parent / name if name else path
            assert there.exists(), f"{path.name}: {target}"
            if anchor:
                headings = re.findall(r"^#+ (.*)", there.read_text("utf-8"), re.MULTILINE)
                assert anchor in map(slug, headings), f"{path.name}: {target}"


def test_every_page_is_reached_from_the_readme() -> None:
    for path in PAGES[1:]:
        assert f"](docs/{path.name})" in TEXTS["README.md"], path.name


@pytest.mark.parametrize("page", ["README.md", "DESIGN.md", "LOG.md"])
def test_modules_and_folders_that_are_named_are_there(page: str) -> None:
    named = re.findall(r"`((?:\w+/)+(?:\w+\.(?:py|js))?)`", TEXTS[page])
    for name in named:
        there = [ROOT / name, ROOT / "src" / "qa" / name, ROOT / "src" / name]
        built = name in ("building/", "encoders/", "readers/")
        assert built or any(path.exists() for path in there), name


@pytest.mark.parametrize("page", ["README.md", "DESIGN.md"])
def test_the_packages_that_are_listed_are_the_packages(page: str) -> None:
    row = r"^(?:src/qa/| {7})(\w+)/ {3}" if page == "README.md" else r"^\| `(\w+)` \|"
    there = {path.parent.name for path in (ROOT / "src" / "qa").glob("*/__init__.py")}
    assert set(re.findall(row, TEXTS[page], re.MULTILINE)) == there


def test_every_entry_of_the_log_is_in_its_index_and_begins_with_its_conclusion() -> None:
    log = TEXTS["LOG.md"]
    index = log.partition("## Index\n")[2].partition("\n## ")[0]
    entries = re.findall(r"^## (.*)\n(.*)", log, re.MULTILINE)[1:]
    assert len(entries) > 20
    for heading, first in entries:
        assert f"](#{slug(heading)})" in index, heading
        assert first.startswith(("**Kept: ", "**Dropped: ")), heading


def test_every_decision_of_the_design_is_short_and_leads_to_the_log() -> None:
    decisions = TEXTS["DESIGN.md"].partition("## Decisions")[2].split("\n\n**")[1:]
    assert len(decisions) > 20
    for decision in decisions:
        text = decision.partition("\n\n")[0]
        assert len(text.splitlines()) <= 6, text
        assert "(LOG.md#" in text, text


def test_the_readmes_figures_are_those_of_the_results() -> None:
    rows = [_cells(row) for row in TEXTS["RESULTS.md"].splitlines() if "(" in row]
    measured = {(_value(row[1]), _value(row[3])) for row in rows if len(row) == 5}
    trust = TEXTS["README.md"].partition("## Can I trust it?")[2].partition("\n## ")[0]
    told = [_cells(row)[1:] for row in trust.splitlines() if re.search(r"\| \d\.\d{3} \|", row)]
    assert len(told) == 6
    for pair in told:
        assert tuple(pair) in measured, pair


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("| ").split(" | ")]


def _value(cell: str) -> str:
    return cell.split(" ")[0]


def test_pinned_versions_cover_every_dependency() -> None:
    wanted: list[Any] = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    pinned = re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    names = {re.split(r"[<>=\[ ]", entry)[0].lower().replace("_", "-") for entry in wanted}
    assert names <= {name.lower().replace("_", "-") for name in pinned}
    assert "torch==2.13.0" in (ROOT / "constraints.txt").read_text()
