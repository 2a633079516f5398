"""1, 2 and 4 of a process."""

import argparse
import time
from collections.abc import Iterator

from processes import Node, until
from stand import Stand, address, port_of
from traffic import Traffic

COUNTS = (1, 2, 4)
SECONDS = 10
CLIENTS = 2
# What waits: so much for each writer, so that a limit takes some time, and in all if nothing limits.
WAITING, LIMIT = 400_000, 2_000
WAITING_EACH = 60_000


def rows(stand: Stand) -> int:
    return int(stand.servers.sql("select count(*) from checks"))


def ports(nodes: list[Node]) -> list[int]:
    return [port_of(node.settings["HTTP__LISTEN"]) for node in nodes]


def exact(stand: Stand, what: str, expected: int, patience: float = 120) -> Iterator[str]:
    """Waits for so many rows; they must not be more a moment later."""
    try:
        until("the rows", lambda: rows(stand) >= expected, patience)
    except TimeoutError:
        pass
    time.sleep(1)
    if (found := rows(stand)) != expected:
        yield f"{what}: {expected} checks were answered and {found} are rows"


def gateways(stand: Stand, _: argparse.Namespace) -> Iterator[str]:
    print(f"{'gateways':>10}{'answers/s':>12}{'rows exact':>12}")
    nodes = list(stand.gateways)
    while len(nodes) < max(COUNTS):
        settings = nodes[0].settings | {
            "HTTP__LISTEN": address(),
            "LOG__SPOOL_DIR": str(stand.folder / f"spool-{len(nodes)}"),
        }
        node = Node(stand.binaries / "api-gateway", [], settings, stand.folder, f"api-gateway-{len(nodes)}")
        node.start()
        nodes.append(node)
        stand.gateways.append(node)
    for count in COUNTS:
        before = rows(stand)
        clients = [Traffic(ports(nodes[:count]), None) for _ in range(CLIENTS)]
        time.sleep(SECONDS)
        outcomes = [client.finish() for client in clients]
        answered = sum(answers for answers, _ in outcomes)
        problems = list(exact(stand, f"{count} gateways", before + answered))
        speed = sum(answers / seconds for answers, seconds in outcomes)
        print(f"{count:>10}{speed:>12.0f}{'no' if problems else 'yes':>12}", flush=True)
        yield from problems


def writers(stand: Stand, _: argparse.Namespace) -> Iterator[str]:
    print(f"{'writers':>10}{'limit':>10}{'waited':>10}{'rows/s':>10}{'rows exact':>12}")
    for limit in (0, LIMIT):
        for count in COUNTS:
            yield from drain(stand, count, limit)
    resize(stand, 2, {})


def drain(stand: Stand, count: int, limit: int) -> Iterator[str]:
    """Lets checks wait in the queue, then starts so many writers."""
    resize(stand, 0, {})
    before = rows(stand)
    traffic = Traffic(ports(stand.gateways), None)
    waiting = WAITING_EACH * count if limit else WAITING
    recorded = confirmed(stand, "checks")
    until("checks that wait", lambda: confirmed(stand, "checks") - recorded >= waiting, 240)
    answered, _ = traffic.finish()
    resize(stand, count, {"LOG__MAX_ROWS_PER_SECOND": str(limit), "LOG__CONSUMERS": "1"})
    # All of them write by now; the end of the first transaction of one may have been long before.
    started, already = time.monotonic(), rows(stand)
    until("the rows", lambda: rows(stand) >= before + answered, 240)
    seconds = time.monotonic() - started
    problems = list(exact(stand, f"{count} writers", before + answered))
    speed = (answered + before - already) / max(seconds, 0.001)
    shown = str(limit) if limit else "none"
    print(f"{count:>10}{shown:>10}{answered:>10}{speed:>10.0f}{'no' if problems else 'yes':>12}", flush=True)
    yield from problems


def confirmed(stand: Stand, what: str) -> float:
    return sum(node.metric(f"greencheck_{what}_confirmed_total") for node in stand.gateways)


def resize(stand: Stand, count: int, settings: dict[str, str]) -> None:
    """So many writers; those that stay are started again if their settings change."""
    for node in stand.writers if settings or not count else stand.writers[count:]:
        node.end()
    keep = [] if settings or not count else stand.writers[:count]
    while len(keep) < count:
        node = stand.node("log-writer", len(keep), **settings)
        node.start()
        keep.append(node)
    stand.writers[:] = keep
