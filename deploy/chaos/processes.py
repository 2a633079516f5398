"""Real processes of the product, and how they are asked, stopped and killed."""

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import time
from pathlib import Path

PATIENCE = 60


def free_port() -> int:
    """Below those that the kernel gives to outgoing connections, which could have it before a process listens."""
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as sock:
            sock.bind(("127.0.0.1", port))
            return port


def get(port: int, path: str, timeout: float = 20, headers: dict[str, str] | None = None) -> tuple[int, bytes] | None:
    """Status and body; nothing unless a whole answer came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def until(what: str, condition, patience: float = PATIENCE) -> float:
    """Waits; says how long."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > patience:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(0.02)
    return time.monotonic() - begin


class Node:
    """One process of a service; it keeps its ports over restarts."""

    def __init__(self, program: Path, arguments: list[str], settings: dict[str, str], folder: Path, name: str):
        self.program, self.arguments, self.name = program, arguments, name
        self.admin = free_port()
        self.settings = settings | {"ADMIN__LISTEN": f"127.0.0.1:{self.admin}", "TRACING__FILTER": "warn"}
        self.log = folder / f"{name}.log"
        self.child: subprocess.Popen | None = None
        self.environment: dict[str, str] = {}
        self.prefix: list[str] = []

    def spawn(self) -> None:
        given = {f"GREENCHECK__{key}": value for key, value in self.settings.items()}
        with self.log.open("ab") as log:
            command = [*self.prefix, str(self.program), *self.arguments]
            self.child = subprocess.Popen(
                command, env=os.environ | given | self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def start(self) -> float:
        """Starts it and waits until it is ready; seconds."""
        self.spawn()
        return until(f"{self.name} to be ready", self.is_ready)

    def is_ready(self) -> bool:
        answer = get(self.admin, "/readyz", 2)
        return answer is not None and answer[0] == 200

    def kill(self) -> None:
        self.child.kill()
        self.child.wait()

    def terminate(self) -> int:
        """Asks it to stop; its exit code."""
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(PATIENCE)

    def restart_killed(self) -> None:
        self.kill()
        self.start()

    def end(self) -> None:
        if self.child and self.child.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.send_signal(signal.SIGTERM)
                self.child.wait(40)
                return
            self.kill()

    def metric(self, series: str) -> float:
        """The sum of all series that begin like that."""
        answer = get(self.admin, "/metrics", 5)
        lines = answer[1].decode().splitlines() if answer else []
        values = [line.rsplit(" ", 1)[1] for line in lines if line.startswith(series)]
        return sum(map(float, values))

    def resident_mb(self) -> float:
        status = Path(f"/proc/{self.child.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
