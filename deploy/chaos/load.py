"""Requests from several sides, going on while something is done to the processes."""

import http.client
import threading
import time
from dataclasses import dataclass, field

from processes import Node
from stand import port_of

LOADERS = 6
FEW = ("www.example.com", "studio.example.com", "orchard.example.org", "clinic.example.net")


@dataclass
class Outcome:
    sent: int = 0
    # Names that nobody else asks for: each is one row.
    answered: list[str] = field(default_factory=list)
    cached: int = 0
    # Cached names that no gateway answered.
    cached_failed: int = 0
    badges: int = 0
    # Requests whose connection broke.
    cut: int = 0
    refused: list[int] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


class Load:
    """Asks gateways in turn: names that are in every cache, new ones, and sometimes a badge.

    `only_ready` asks only gateways that say they are ready, and a broken connection counts as a failure; otherwise the
    next gateway is asked, as a proxy would.
    """

    def __init__(self, gateways: list[Node], word: str, only_ready: bool = False):
        self.gateways, self.word, self.only_ready = gateways, word, only_ready
        self.ready = list(gateways)
        self.stopping = False
        self.total = Outcome()
        self.count = 0
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.work, args=(number,), daemon=True) for number in range(LOADERS)]
        if only_ready:
            threading.Thread(target=self.look, daemon=True).start()
        for thread in self.threads:
            thread.start()

    def look(self) -> None:
        while not self.stopping:
            self.ready = [node for node in self.gateways if node.child and node.is_ready()]
            time.sleep(0.1)

    def work(self, loader: int) -> None:
        outcome, connections, turn = Outcome(), {}, 0
        while not self.stopping:
            turn += 1
            self.one(loader, turn, outcome, connections)
            self.count += 1
            # Half of what these machines do, so that a restart has room.
            time.sleep(0.004)
        with self.lock:
            self.total.add(outcome)

    def one(self, loader: int, turn: int, outcome: Outcome, connections: dict) -> None:
        kind = "badge" if turn % 25 == 0 else ("new" if turn % 2 else "cached")
        for attempt in range(40):
            # A name whose answer was cut off may be in the log: the next attempt takes another one.
            name = f"{self.word}{loader}x{turn}y{attempt}.example.com" if kind == "new" else FEW[turn % len(FEW)]
            path = f"/greencheckimage/{name}" if kind == "badge" else f"/greencheck/{name}"
            nodes = self.ready if self.only_ready else self.gateways
            if not nodes:
                time.sleep(0.05)
                continue
            node = nodes[(loader + turn + attempt) % len(nodes)]
            outcome.sent += 1
            status = ask(connections, node, path)
            if status == 200:
                match kind:
                    case "new":
                        outcome.answered.append(name)
                    case "cached":
                        outcome.cached += 1
                    case _:
                        outcome.badges += 1
                return
            if status is not None:
                outcome.refused.append(status)
                return
            outcome.cut += 1
            time.sleep(0.02)
        if kind == "cached":
            outcome.cached_failed += 1

    def wait_for(self, more: int) -> None:
        target = self.count + more
        while self.count < target:
            time.sleep(0.02)

    def finish(self) -> Outcome:
        self.stopping = True
        for thread in self.threads:
            thread.join()
        return self.total


def ask(connections: dict, node: Node, path: str) -> int | None:
    """The status; nothing when the connection broke. A kept connection that ended while idle is no failure: one try more."""
    port = port_of(node.settings["HTTP__LISTEN"])
    kept = connections.pop(port, None)
    for connection in ([kept] if kept else []) + [http.client.HTTPConnection("127.0.0.1", port, timeout=30)]:
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
        except http.client.RemoteDisconnected:
            connection.close()
            if connection is not kept:
                return None
        except (OSError, http.client.HTTPException):
            connection.close()
            if connection is not kept:
                return None
        else:
            if answer.will_close:
                connection.close()
            else:
                connections[port] = connection
            return answer.status
    return None
