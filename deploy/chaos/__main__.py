"""Does harm to real processes on real servers under load, and counts what is left of every check.

Usage: python3 -B deploy/chaos --binaries FOLDER [--rolling ROUNDS] [--logs FOLDER] [FAULT…]

Exit code 0 only if: cached names are always answered by some gateway; nothing is answered with 5xx but 503; every answered
check is a row or counted as dropped; none is a row twice; none is dropped unless the disk is full; the last row is there
60 seconds after the end; and Prometheus, by the rules of production in which a minute takes three seconds, shows each fault on
the panel that is named in alerts.py and fires its alerts and no others.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from alerts import Watch
from faults import FAULTS, missing
from load import FEW, Load, Outcome
from rolling import rolling
from stand import Stand

LAG = 60
HEAD = ("fault", "sent", "answered", "stored", "lost", "doubled", "dropped", "cut", "5xx", "lag s", "")


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploy/chaos")
    parser.add_argument("--binaries", type=Path, required=True)
    parser.add_argument("--rolling", type=int, metavar="ROUNDS", help="restart each service so often, and nothing else")
    parser.add_argument("--unwatched", action="store_true", help="without Prometheus: neither panels nor alerts")
    parser.add_argument("--logs", type=Path, metavar="FOLDER", help="keep there what the processes log")
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.faults if name not in FAULTS]:
        parser.error(f"there is no fault {', '.join(unknown)}: there are {', '.join(FAULTS)}")
    names = arguments.faults or list(FAULTS)
    if lacks := None if arguments.rolling else missing(names):
        parser.error(lacks)
    stand = Stand(arguments.binaries.resolve())
    try:
        stand.start()
        if arguments.rolling:
            return rolling(stand, arguments.rolling, count)
        if not arguments.unwatched:
            stand.watch = Watch(stand.all(), stand.folder / "prometheus")
        return faults(stand, names)
    finally:
        stand.end(arguments.logs)


def faults(stand: Stand, names: list[str]) -> int:
    rows, bad = [], 0
    for number, name in enumerate(names):
        print(f"{name} …", file=sys.stderr, flush=True)
        dropped = stand.dropped()
        before = stored_few(stand)
        load = Load(stand.gateways, f"f{number}n")
        load.wait_for(300)
        if stand.watch:
            stand.watch.begin(name)
        FAULTS[name](stand, load)
        load.wait_for(300)
        signs = list(stand.watch.end()) if stand.watch else []
        fired = ", ".join(sorted(stand.watch.fired)) if stand.watch else ""
        row, problems = count(stand, name, load.finish(), dropped, before)
        problems += signs
        row = (*row[:-1], f"{'; '.join(problems) or 'ok'}{f' ({fired})' if fired else ''}")
        rows.append(row)
        bad += bool(problems)
        print(line(row), file=sys.stderr, flush=True)
    print(line(HEAD))
    for row in rows:
        print(line(row))
    return 1 if bad else 0


def count(stand: Stand, name: str, outcome: Outcome, dropped: int, before: int) -> tuple[tuple, list[str]]:
    """Compares answers and rows; what is wrong is said in the last column."""
    begin = time.monotonic()
    expected = set(outcome.answered)
    few_answered = outcome.cached + outcome.badges
    while True:
        stored = Counter(stand.servers.sql(f"select host from checks where host like '{word_of(outcome)}%'").split())
        few = stored_few(stand) - before
        lost = len(expected - stored.keys()) + max(0, few_answered - few)
        gone = max(0, stand.dropped() - dropped) if lost else 0
        lag = time.monotonic() - begin
        if lost <= gone or lag > LAG:
            break
        time.sleep(0.2)
    gone = max(0, stand.dropped() - dropped)
    doubled = sum(times - 1 for times in stored.values())
    errors = Counter(outcome.refused)
    problems = []
    if outcome.cached_failed:
        problems.append(f"{outcome.cached_failed} cached names not answered")
    if others := {status: times for status, times in errors.items() if status >= 500 and status != 503}:
        problems.append(f"answered {others}")
    if lost > gone:
        problems.append(f"{lost - gone} answered checks are nowhere")
    if doubled:
        problems.append("rows are doubled")
    if gone and name != "disk-full":
        problems.append("checks were dropped")
    if name == "disk-full" and not gone:
        problems.append("nothing was dropped: the disk was not full")
    answered = len(expected) + few_answered
    rows = sum(stored.values()) + few
    fails = sum(times for status, times in errors.items() if status >= 500)
    cells = (name, outcome.sent, answered, rows, max(0, lost - gone), doubled, gone, outcome.cut, fails, f"{lag:.1f}")
    return (*cells, "; ".join(problems) or "ok"), problems


def word_of(outcome: Outcome) -> str:
    """What all new names of one load begin with."""
    return outcome.answered[0].split("n")[0] + "n" if outcome.answered else "nothing"


def stored_few(stand: Stand) -> int:
    names = ",".join(f"'{name}'" for name in FEW)
    return int(stand.servers.sql(f"select count(*) from checks where host in ({names})"))


def line(cells: tuple) -> str:
    first, *numbers, last = map(str, cells)
    return f"{first:18}" + "".join(f"{cell:>10}" for cell in numbers) + f"  {last}"


if __name__ == "__main__":
    sys.exit(main())
