"""The package's surface, and what importing it costs."""

import subprocess
import sys

import pytest

import qa

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


def test_the_ui_and_answering_load_neither_torch_nor_sentence_transformers() -> None:
    loaded = modules_after("import qa.ui.app, qa.pipeline, qa.evaluate")
    assert not loaded & {"torch", "sentence_transformers", "transformers"}
    assert "gradio" in loaded


def test_asking_loads_neither_scipy_nor_scikit_learn() -> None:
    loaded = modules_after("import qa.pipeline, qa.evaluate, qa.feedback, qa.cli")
    assert not loaded & {"scipy", "sklearn"}
