"""The package's surface, and what importing it costs."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import qa
from tests.conftest import ROOT

HEAVY = ["torch", "gradio", "faiss", "onnxruntime", "sentence_transformers", "numpy"]


def modules_after(code: str) -> set[str]:
    """Run code in a new interpreter; return the names of the modules it loaded."""
    script = f"{code}\nimport sys; print('MODULES', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split("MODULES")[1].split())


def test_the_public_names_are_these_and_sorted() -> None:
    assert qa.__all__ == [
        "Answer",
        "Answerer",
        "AskSettings",
        "BuildSettings",
        "Citation",
        "QAError",
        "build_index",
        "open_index",
    ]
    for name in qa.__all__:
        assert getattr(qa, name).__doc__
        assert name in dir(qa)
    with pytest.raises(AttributeError):
        qa.nothing_of_the_kind  # noqa: B018


@pytest.mark.parametrize(
    "code",
    [
        "import qa",
        "import qa.cli\ntry: qa.cli.main(['--help'])\nexcept SystemExit: pass",
        "import qa.errors, qa.schema, qa.settings",
    ],
)
def test_importing_and_help_load_nothing_heavy(code: str) -> None:
    assert not modules_after(code) & set(HEAVY)


def test_the_version_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert qa.__version__ == project["version"]


def test_the_ui_and_answering_load_neither_torch_nor_sentence_transformers() -> None:
    loaded = modules_after(
        "import qa.ui.app, qa.api.serving, qa.api.agents, qa.answer.pipeline, qa.evaluate.ask"
    )
    assert not loaded & {"torch", "sentence_transformers", "transformers"}
    assert "gradio" in loaded


def test_asking_loads_neither_scipy_nor_scikit_learn() -> None:
    loaded = modules_after(
        "import qa.answer.pipeline, qa.evaluate.ask, qa.evaluate.feedback, qa.cli"
    )
    assert not loaded & {"scipy", "sklearn"}


def test_asking_writes_nothing_into_the_home_folder(page_index: Path, tmp_path: Path) -> None:
    """ONNX Runtime's telemetry would: an identifier, and events to be sent."""
    home = tmp_path / "home"
    home.mkdir()
    env = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    code = (
        "from qa import open_index; import sys; open_index(sys.argv[1]).ask('Who?'); "
        "import os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(page_index)],
        env={**env, "HOME": str(home), "XDG_CACHE_HOME": "", "LOCALAPPDATA": str(home)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "1"
    assert list(home.rglob("*")) == []


def test_serving_programs_alone_loads_no_page() -> None:
    loaded = modules_after("import qa.api.serving, qa.api.agents")
    assert not loaded & {"gradio", "torch", "pandas"}
