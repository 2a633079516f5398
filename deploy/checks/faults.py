"""Stops one server of a running stack at a time. Its alert and no other must come up.

In the end every check must be a row.

Arguments: the folder of the stack, then those of live.py.
"""

import subprocess
import sys
import time
from collections.abc import Iterator

from live import NAMES, REPOSITORY, exact, get, query

PATIENCE = 60
# What has to come up when a server is away, and what may.
FAULTS = {
    "redis": ({"CacheAway"}, {"CacheChangesLost"}),
    "rabbitmq": ({"QueueAway"}, {"CatalogDiffers"}),
    "postgres": ({"StoreFailing", "LogRetrying"}, {"LogLagging", "RefreshesFail", "UnknownChecks"}),
}


def main(folder: str, api: str, prometheus: str, *processes: str) -> int:
    found = [finding for server in FAULTS for finding in fault(folder, api, prometheus, server)]
    found += exact(processes)
    for finding in found:
        print(finding, file=sys.stderr)
    return 1 if found else 0


def fault(folder: str, api: str, prometheus: str, server: str) -> Iterator[str]:
    expected, allowed = FAULTS[server]
    before = up(prometheus)
    servers("stop", folder, server)
    seen: set[str] = set()
    wrong: set[str] = set()
    deadline = time.monotonic() + PATIENCE
    number = 0
    while not expected <= seen and time.monotonic() < deadline:
        number += 1
        wrong |= traffic(api, f"{server}{number}")
        seen |= up(prometheus) - before
    servers("start", folder, server)
    print(f"{server} away: {', '.join(sorted(seen)) or 'no alert'}")
    if missing := expected - seen:
        yield f"{server} is away, and {', '.join(sorted(missing))} does not come up"
    if others := seen - expected - allowed:
        yield f"{server} is away, and {', '.join(sorted(others))} comes up"
    if wrong:
        yield f"{server} is away, and fast checks are answered {', '.join(sorted(wrong))}"


def traffic(api: str, new: str) -> set[str]:
    """Fast checks of names that are known and of one that is not; the statuses that are not 200."""
    answers = [get(f"{api}/greencheck/{name}") for name in [NAMES[0], NAMES[4], f"{new}.example.com"]]
    time.sleep(0.2)
    return {answer for answer in answers if answer.isdigit()}


def up(prometheus: str) -> set[str]:
    """Alerts that fire, or will if it stays as it is."""
    return {alert["metric"]["alertname"] for alert in query(prometheus, "ALERTS")}


def servers(command: str, folder: str, server: str) -> None:
    script = [str(REPOSITORY / "deploy/dev/servers"), command, "--dir", f"{folder}/servers", server]
    subprocess.run(script, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
