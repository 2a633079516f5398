"""Restarts every process again and again at half load, as a deployment does: no request may fail and no row be lost."""

import statistics
import sys
import time

from load import Load
from stand import Stand

SERVICES = {"api-gateway": "gateways", "lookup-service": "lookups", "badge-renderer": "renderers", "log-writer": "writers"}


def rolling(stand: Stand, rounds: int, count) -> int:
    bad = 0
    head = ("service", "restarts", "sent", "answered", "failed", "lost", "doubled", "ready p50 s", "ready max s", "resident MB")
    rows = [head]
    for number, (service, nodes) in enumerate(SERVICES.items()):
        dropped, before = stand.dropped(), few(stand)
        load = Load(stand.gateways, f"r{number}n", only_ready=True)
        load.wait_for(300)
        ready, codes, resident = [], [], 0.0
        for turn in range(rounds):
            each = getattr(stand, nodes)
            node = each[turn % len(each)]
            resident = max(resident, node.resident_mb())
            codes.append(node.terminate())
            ready.append(node.start())
            # The balancers notice within 0.1 s.
            time.sleep(0.3)
            if turn % 10 == 9:
                print(f"{service}: {turn + 1} of {rounds}", file=sys.stderr, flush=True)
        load.wait_for(300)
        outcome = load.finish()
        counted, problems = count(stand, service, outcome, dropped, before)
        failed = outcome.cut + len(outcome.refused)
        bad += bool(problems or failed or any(codes))
        rows.append((
            service, rounds, outcome.sent, counted[2], failed, counted[4], counted[5],
            f"{statistics.median(ready):.2f}", f"{max(ready):.2f}", f"{resident:.0f}",
        ))  # fmt: skip
        if problems or any(codes):
            print(f"{service}: {problems}, exit codes {sorted(set(codes))}", file=sys.stderr)
    for row in rows:
        print("".join(f"{cell!s:>16}" for cell in row))
    return 1 if bad else 0


def few(stand: Stand) -> int:
    from __main__ import stored_few

    return stored_few(stand)
