"""Ten times the usual load, and writers that come and go by the autoscaler's formulas."""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

from autoscaler import SYNC, Autoscaler, Rules
from bench import confirmed, exact, ports, resize, rows
from plot import draw
from stand import Stand
from traffic import Traffic

RULES = Path(__file__).resolve().parents[2] / "k8s/components/keda/log-writer.yaml"
USUAL, FACTOR = 300, 10
# Of this process's time: how long each load lasts.
CALM, BURST, AFTER = 15, 30, 75
# What one writer may write. Two cores would be the limit else, and not the number of writers.
ROWS_PER_WRITER = 600
LOOK = 0.5


def replay(stand: Stand, arguments: argparse.Namespace) -> Iterator[str]:
    limit = {"LOG__MAX_ROWS_PER_SECOND": str(ROWS_PER_WRITER), "LOG__CONSUMERS": "1"}
    scaler = Autoscaler(Rules.read(RULES), Rules.read(RULES).least)
    resize(stand, 0, {})
    resize(stand, scaler.replicas, limit)
    before = rows(stand)
    base = confirmed(stand, "batches") - batches(stand)
    traffic = Traffic(ports(stand.gateways), USUAL)
    seen: dict[str, list[float]] = {"offered checks/s": [], "batches in the queue": [], "log-writers": []}
    times: list[float] = []
    begin = time.monotonic()
    last, synced, published = begin, begin, confirmed(stand, "batches")
    while (now := time.monotonic()) - begin < CALM + BURST + AFTER:
        offered = USUAL * (FACTOR if CALM <= now - begin < CALM + BURST else 1)
        traffic.pace(offered)
        sent = confirmed(stand, "batches")
        backlog = max(0.0, sent - batches(stand) - base)
        rate, last, published = (sent - published) / max(now - last, 0.001), now, sent
        # A rate counts as what it is: the cluster's clock is only that of its controllers.
        if now - synced >= SYNC / arguments.pace:
            synced = now
            scale(stand, scaler.decide((now - begin) * arguments.pace, backlog, rate), limit)
        times.append(now - begin)
        for values, value in zip(seen.values(), (offered, backlog, len(stand.writers)), strict=True):
            values.append(value)
        time.sleep(LOOK)
    answered, _ = traffic.finish()
    waited = max(seen["batches in the queue"])
    over = CALM + BURST
    drained = next((at for at, each in zip(times, seen["batches in the queue"], strict=True)
                    if at > over and each < waited / 20), None)  # fmt: skip
    print(f"{answered} checks, at most {waited:.0f} batches waited and {max(seen['log-writers']):.0f} writers wrote")
    print("the queue was " + (f"empty {drained - over:.0f} s after the burst" if drained else "not emptied in time"))
    title = f"{USUAL} and {USUAL * FACTOR} checks/s, {ROWS_PER_WRITER} rows/s a writer, controllers {arguments.pace:g} times as fast"
    draw(arguments.plot, title, times, seen)
    print(f"wrote {arguments.plot}")
    if max(seen["log-writers"]) == scaler.rules.least:
        yield "the burst started no writer"
    if drained is None:
        yield "the queue was not emptied in time"
    yield from exact(stand, "replay", before + answered)


def batches(stand: Stand) -> int:
    return int(stand.servers.sql("select count(*) from check_batches"))


def scale(stand: Stand, count: int, settings: dict[str, str]) -> None:
    """Starts or stops real processes; nobody waits until they are ready, as in a cluster."""
    while len(stand.writers) > count:
        stand.writers.pop().end()
    while len(stand.writers) < count:
        node = stand.node("log-writer", len(stand.writers), **settings)
        node.spawn()
        stand.writers.append(node)
