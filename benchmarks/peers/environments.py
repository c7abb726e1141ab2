"""An environment a peer, from pinned requirements, and what it takes on disk."""

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from benchmarks.speed import ROOT

HERE = Path(__file__).parent
OURS = "ours"
PEERS = (OURS, "plain", "langchain", "llamaindex", "haystack", "txtai", "paperqa")
_MEGABYTE = 1e6


class Environment(NamedTuple):
    """A Python with what a peer needs.

    Attributes:
        name: The peer's.
        python: Its interpreter.
        install_mb: Of site-packages, with pip and the encoder's weights, which all have.
        packages: How many distributions, pip among them.
        adapters: The package of its adapter.
    """

    name: str
    python: Path
    install_mb: float
    packages: int
    adapters: str = "benchmarks.peers.adapters"

    @property
    def adapter(self) -> list[str]:
        """The command that starts the peer's adapter from the repository's root, less the index."""
        return [str(self.python), "-m", f"{self.adapters}.with_{self.name}"]


def environment(name: str, folder: Path, package: Path = HERE) -> Environment:
    """Make a peer's environment, or take the one made before from the same requirements.

    Args:
        name: The peer's.
        folder: Of all environments.
        package: Where its requirements are.

    Raises:
        RuntimeError: pip could not install it; its last lines are in the message.
    """
    requirements = package / "requirements" / f"{name}.txt"
    wanted = _wanted(name, requirements)
    made = folder / name
    stamp = made / "requirements.sha256"
    python = made / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not stamp.is_file() or stamp.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", made], check=True)
        _install(python, arguments(name, requirements))
        stamp.write_text(wanted)
    (packages,) = made.rglob("site-packages")
    return Environment(name, python, folder_mb(packages), _distributions(packages))


def arguments(name: str, requirements: Path) -> list[str]:
    """Return what pip is told to install."""
    pinned = ["-r", str(requirements)]
    if name != OURS:
        return pinned
    return [*pinned, "-c", str(ROOT / "constraints.txt"), str(ROOT)]


def folder_mb(folder: Path) -> float:
    """Return what a folder's files come to, in millions of bytes, without compiled Python."""
    files = (path for path in folder.rglob("*") if path.suffix != ".pyc")
    return sum(path.lstat().st_size for path in files if path.is_file()) / _MEGABYTE


def _distributions(packages: Path) -> int:
    return len(list(packages.glob("*.dist-info")))


def _install(python: Path, what: list[str]) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", *what]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join(done.stderr.splitlines()[-5:])
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{last}")


def _wanted(name: str, requirements: Path) -> str:
    digest = hashlib.sha256(_read(requirements))
    if name == OURS:  # what is installed is the code of this checkout
        for path in sorted((ROOT / "src" / "qa").rglob("*.py")):
            digest.update(path.read_bytes())
        digest.update((ROOT / "constraints.txt").read_bytes())
        digest.update((ROOT / "pyproject.toml").read_bytes())
    return digest.hexdigest()


def _read(requirements: Path) -> bytes:
    """Read requirements with those that they name by “-r”."""
    own = requirements.read_bytes()
    lines = own.decode().splitlines()
    named = (line.removeprefix("-r ") for line in lines if line.startswith("-r "))
    return b"".join([own, *(_read(requirements.parent / each) for each in named)])
