"""Servers and processes of one run: three gateways, two lookup-services behind a balancer, two log-writers, a renderer."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from alerts import Watch
from balancer import Balancer
from processes import Node, free_port

REPOSITORY = Path(__file__).resolve().parents[2]
DEMO = REPOSITORY / "services/greencheck/demo"
TEST_NETWORKS = "192.0.2.0/24,198.51.100.0/24,203.0.113.0/24,2001:db8::/32"


class Servers:
    """PostgreSQL, RabbitMQ and Redis, which may be stopped, frozen and crashed."""

    NAMES = ("postgres", "rabbitmq", "redis")

    def __init__(self, folder: Path):
        self.folder = folder
        lines = self.run("start", "--while", str(os.getpid())).splitlines()
        self.urls = dict(line.split("=", 1) for line in lines if "=" in line)

    def run(self, command: str, *more: str) -> str:
        script = [str(REPOSITORY / "deploy/dev/servers"), command, "--dir", str(self.folder), *more]
        return subprocess.run(script, check=True, capture_output=True, text=True).stdout

    def freeze(self, name: str, signal: str) -> None:
        """Sends STOP or CONT to the server and everything below it."""
        pid = int((self.folder / name / "pid").read_text().split()[0])
        for each in family(pid):
            subprocess.run(["kill", f"-{signal}", str(each)], check=False, stderr=subprocess.DEVNULL)

    def sql(self, statement: str) -> str:
        command = ["psql", self.urls["TEST_DATABASE_URL"], "-tAqX", "-v", "ON_ERROR_STOP=1", "-c", statement]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def family(pid: int) -> list[int]:
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in below for each in family(int(child)))]


class Stand:
    def __init__(self, binaries: Path, more: dict[str, str] | None = None):
        self.binaries = binaries
        # Small disks, which have to go before the folder can.
        self.mounts: list[Path] = []
        # Whoever looks at what Prometheus says.
        self.watch: Watch | None = None
        self.temporary = tempfile.TemporaryDirectory(prefix="greencheck-chaos.")
        self.folder = Path(self.temporary.name)
        # PostgreSQL may run as another user.
        self.folder.chmod(0o711)
        self.servers = Servers(self.folder / "servers")
        self.settings = self.common() | (more or {})
        self.greencheck("migrate")
        self.greencheck("import", "catalog", str(DEMO / "catalog.json"))
        self.lookups = [self.node("lookup-service", number, LOOKUP__LISTEN=address()) for number in range(2)]
        self.balancer = Balancer({node: port_of(node.settings["LOOKUP__LISTEN"]) for node in self.lookups})
        self.renderers = [self.node("badge-renderer", number, BADGE__LISTEN=address()) for number in range(2)]
        self.badge_balancer = Balancer({node: port_of(node.settings["BADGE__LISTEN"]) for node in self.renderers})
        urls = {
            "LOOKUP__URL": f"http://127.0.0.1:{self.balancer.port}",
            "BADGE__URL": f"http://127.0.0.1:{self.badge_balancer.port}",
        }
        self.writers = [self.node("log-writer", number) for number in range(2)]
        self.gateways = [self.node("api-gateway", number, HTTP__LISTEN=address(), **urls) for number in range(3)]

    def common(self) -> dict[str, str]:
        urls = self.servers.urls
        return {
            "STORE__URL": urls["TEST_DATABASE_URL"],
            "QUEUE__URL": urls["TEST_AMQP_URL"],
            "QUEUE__TIMEOUT": "5s",
            "CACHE__URL": urls["TEST_REDIS_URL"],
            "LOG__SPOOL_DIR": str(self.folder / "spool"),
            "LOG__DURABILITY": "spool_first",
            "FORWARDER__SECRETS": "a-secret-for-chaos-only",
            "PROCESS__PRE_STOP": "700ms",
            "DNS__HOSTS_FILE": str(DEMO / "hosts"),
            "DNS__ZONE_FILE": str(DEMO / "zone"),
            "DNS__OFFLINE_NOTICE": "unknown to this demo catalog",
            "ASN__TABLE": str(DEMO / "asn.csv"),
            "CARBON_TXT__HTTPS": "false",
            "NET__ALLOW_NETWORKS": TEST_NETWORKS,
            "LIMITS__ENABLED": "false",
        }

    def node(self, service: str, number: int, **settings: str) -> Node:
        own = {"LOG__SPOOL_DIR": str(self.folder / f"spool-{number}")} if service == "api-gateway" else {}
        name = f"{service}-{number}"
        return Node(self.binaries / service, [], self.settings | own | settings, self.folder, name)

    def all(self) -> list[Node]:
        return [*self.lookups, *self.renderers, *self.writers, *self.gateways]

    def start(self) -> None:
        for node in self.all():
            node.start()

    def ports(self) -> list[int]:
        """Of the gateways that say they are ready."""
        return [port_of(node.settings["HTTP__LISTEN"]) for node in self.gateways]

    def greencheck(self, *arguments: str) -> str:
        given = {f"GREENCHECK__{key}": value for key, value in self.settings.items()}
        given["GREENCHECK__TRACING__FILTER"] = "warn"
        command = [str(self.binaries / "greencheck"), *arguments]
        done = subprocess.run(command, env=os.environ | given, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stderr}")
        return done.stdout

    def dropped(self) -> int:
        return int(sum(node.metric("greencheck_checks_dropped_total") for node in self.gateways))

    def end(self, logs: Path | None = None) -> None:
        if self.watch:
            self.watch.close()
        for node in reversed(self.all()):
            node.end()
        self.balancer.close()
        self.badge_balancer.close()
        if logs:
            logs.mkdir(parents=True, exist_ok=True)
            for node in self.all():
                shutil.copy(node.log, logs)
        for folder in self.mounts:
            subprocess.run(["umount", str(folder)], check=False)
        self.servers.run("stop", "--now")
        self.temporary.cleanup()


def address() -> str:
    return f"127.0.0.1:{free_port()}"


def port_of(listen: str) -> int:
    return int(listen.rsplit(":", 1)[1])
