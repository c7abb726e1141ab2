"""Adapters as processes: one that does a few things and ends, or one that stays and is asked.

Each gets one core and one thread, and no network: models are on disk or nowhere.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.peers.environments import Environment
from benchmarks.speed import ROOT

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE")
_QUIET = {
    "TOKENIZERS_PARALLELISM": "false",
    "HAYSTACK_TELEMETRY_ENABLED": "false",
    "ANONYMIZED_TELEMETRY": "false",
    "LITELLM_LOCAL_MODEL_COST_MAP": "true",
}

Command = dict[str, Any]


class Ended(NamedTuple):
    """A whole process.

    Attributes:
        cpu_s: User and system, its children's too, from start to end.
        peak_mb: The most memory it, or one of its children, had.
        found: What came of its last command.
    """

    cpu_s: float
    peak_mb: float
    found: Any


class Came(NamedTuple):
    """What one command came to in a process that stays; `peak_mb` is since it began."""

    cpu_s: float
    peak_mb: float
    found: Any


class AdapterError(RuntimeError):
    """An adapter ended before it had answered; its last lines are in the message."""


def run_whole(environment: Environment, index: Path, commands: Sequence[Command]) -> Ended:
    """Start a process, have it do everything, and measure it from outside.

    Raises:
        AdapterError: It did not come to its end.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen(
            [*environment.adapter, str(index)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=errors,
            env=surroundings(),
            cwd=ROOT,
            text=True,
            preexec_fn=on_one_core,
        )
        assert child.stdin is not None, "it is a pipe"
        child.stdin.write("".join(json.dumps(command) + "\n" for command in commands))
        child.stdin.close()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        lines = output.read().splitlines()
        if child.returncode or len(lines) != len(commands):
            raise AdapterError(_story(environment.name, errors.read()))
        scale = 1024 if sys.platform != "darwin" else 1024 * 1024
        return Ended(
            usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale, json.loads(lines[-1])["found"]
        )


class Open:
    """A process that has an index open and is asked one thing at a time."""

    def __init__(self, environment: Environment, index: Path) -> None:
        """Start it and wait until it is ready to be asked.

        Raises:
            AdapterError: It is not.
        """
        self._name = environment.name
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [*environment.adapter, str(index)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=surroundings(),
            cwd=ROOT,
            text=True,
            preexec_fn=on_one_core,
        )
        self.do({"do": "open"})

    def do(self, command: Command) -> Came:
        """Have it do something.

        Raises:
            AdapterError: It ended instead.
        """
        assert self._process.stdin is not None, "it is a pipe"
        assert self._process.stdout is not None, "it is a pipe"
        try:
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # the missing line says so, and why
        line = self._process.stdout.readline()
        if not line:
            self._errors.seek(0)
            raise AdapterError(_story(self._name, self._errors.read()))
        return Came(**json.loads(line))

    def close(self) -> None:
        """End it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()
        self._errors.close()


def surroundings() -> dict[str, str]:
    """Return the environment variables of every adapter."""
    own = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return own | dict.fromkeys((*_THREADS, *_OFFLINE), "1") | _QUIET


def on_one_core() -> None:
    """Keep a process to one core; what counts the cores it may use then takes one thread."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _story(name: str, errors: str) -> str:
    return f"the adapter of {name} ended early:\n" + "\n".join(errors.splitlines()[-8:])
