"""Drives traffic through a running stack and asks its Prometheus every question of every dashboard.

Arguments: address of the API, of Prometheus, and of the metrics of each process.
"""

import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FAMILY = re.compile(r"\b((?:greencheck|http|process)_[a-z0-9_]+|up)\b(?!\()")
# Green by each kind of match, grey, unknown, and no name at all.
NAMES = ["www.example.com", "orchard.example.org", "press.example.org", "blog.example.net", "copycat.example.net"]
NAMES += ["museum.example.org", "nobody.example.com", "-", "käserei.example.com"]
ROUNDS, PAUSE, PATIENCE = 40, 0.2, 30


def main(api: str, prometheus: str, *processes: str) -> int:
    for number in range(ROUNDS):
        for name in [*NAMES, f"name{number}.example.com"]:
            get(f"{api}/greencheck/{urllib.parse.quote(name)}")
            get(f"{api}/api/v3/greencheckimage/{urllib.parse.quote(name)}")
        get(f"{api}/greencheck/www.example.com?nocache=true")
        get(f"{api}/nothing")
        time.sleep(PAUSE)
    found = [*exact(processes), *panels(prometheus), *well_named(processes), *firing(prometheus)]
    for finding in found:
        print(finding, file=sys.stderr)
    return 1 if found else 0


def get(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return str(error.code)


def total(processes: tuple[str, ...], name: str) -> float:
    """The sum of a metric over all processes and labels."""
    lines = [line for url in processes for line in get(f"{url}/metrics").splitlines()]
    return sum(float(line.split()[-1]) for line in lines if re.match(rf"{name}[ {{]", line))


def exact(processes: tuple[str, ...]) -> Iterator[str]:
    """Every check that was answered is a row."""
    deadline = time.monotonic() + PATIENCE
    recorded = total(processes, "greencheck_checks_recorded_total")
    while total(processes, "greencheck_log_rows_total") < recorded and time.monotonic() < deadline:
        time.sleep(0.1)
    rows = total(processes, "greencheck_log_rows_total")
    print(f"{recorded:.0f} checks recorded, {rows:.0f} written")
    if rows != recorded or not recorded:
        yield f"{recorded:.0f} checks were recorded and {rows:.0f} written"


def query(prometheus: str, expression: str) -> list:
    return json.loads(get(f"{prometheus}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"))["data"][
        "result"
    ]


def panels(prometheus: str) -> Iterator[str]:
    """An empty answer is right only if a metric in it has not happened yet: failures have no series until then."""
    asked, answered = 0, 0
    happened = set(json.loads(get(f"{prometheus}/api/v1/label/__name__/values"))["data"])
    for path in sorted((REPOSITORY / "deploy/grafana/dashboards").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel.get("targets", []):
                expression = re.sub(r"\$__(?:rate_interval|range)", "20s", target["expr"])
                expression = re.sub(r"\$(?:job|instance)", ".*", expression)
                asked += 1
                if query(prometheus, expression):
                    answered += 1
                elif set(FAMILY.findall(expression)) <= happened and "status=~" not in expression:
                    yield f"{path.name}: {panel['title']!r} shows nothing: {expression}"
    print(f"{asked} queries, {answered} with data")


def well_named(processes: tuple[str, ...]) -> Iterator[str]:
    for url in processes:
        done = subprocess.run(
            ["promtool", "check", "metrics"], input=get(f"{url}/metrics"), capture_output=True, text=True
        )
        if done.returncode:
            yield f"{url}: {done.stdout}{done.stderr}"


def firing(prometheus: str) -> Iterator[str]:
    for alert in query(prometheus, 'ALERTS{alertstate="firing"}'):
        yield f"{alert['metric']['alertname']} fires, and nothing is wrong"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
