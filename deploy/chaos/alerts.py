"""Prometheus beside the stand, with the rules of production in which a minute takes three seconds.

Each fault has to show on the panel that is named here, and to fire its alerts and no others: what may come along is named,
too. Panels are asked as Grafana would ask them.
"""

import contextlib
import json
import re
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from processes import Node, free_port, until

REPOSITORY = Path(__file__).resolve().parents[2]
# Seconds that a minute of the rules takes, and how long alerts may take to come up or to go.
MINUTE, PATIENCE, CALM = 3, 90, 120
# Labels that do not tell one firing alert from another of its name.
LABELS_OF_ALL = {"__name__", "alertname", "alertstate", "severity"}


@dataclass
class Sign:
    """A dashboard, a panel of it, and the value beyond which it shows the fault."""

    dashboard: str
    panel: str
    above: float | None = None
    below: float | None = None
    # Of this job only.
    job: str = ""

    def shown(self, value: float) -> bool:
        return value > self.above if self.above is not None else value < self.below

    def __str__(self) -> str:
        return f"{self.dashboard}: {self.panel}"


@dataclass
class Effect:
    sign: Sign
    alerts: set[str] = field(default_factory=set)
    # What may come along, since it follows from the fault.
    follows: set[str] = field(default_factory=set)


def started(job: str) -> Sign:
    return Sign("processes", "When did processes start?", below=4, job=job)


QUEUE = Sign("queue-log", "Is the queue there?", below=1)
STORE = Sign("queue-log", "Does the database refuse?", above=0)
CACHE = Sign("queue-log", "Does Redis fail?", above=0)
# Of a database that is away: names are looked up anew, and rows come late.
LATE = {"LogLagging", "LogStalled", "RefreshesFail", "UnknownChecks", "ApiSlow", "LookupsSaturated", "LookupUnreachable"}
# An outage that is over before its alert has waited long enough says nothing, and that is meant so.
EFFECTS = {
    "kill-gateway": Effect(started("api-gateway"), {"ProcessRestarting"}),
    "kill-lookup": Effect(started("lookup-service"), {"ProcessRestarting"}, {"LookupUnreachable", "UnknownChecks"}),
    "kill-writer": Effect(started("log-writer"), {"ProcessRestarting"}, {"LogLagging"}),
    "kill-renderer": Effect(started("badge-renderer"), {"ProcessRestarting"}, {"BadgesNotDrawn"}),
    "rabbitmq-crash": Effect(QUEUE, {"QueueAway"}, {"LogLagging"}),
    "rabbitmq-pause": Effect(QUEUE, {"QueueAway"}, {"LogLagging"}),
    "rabbitmq-restart": Effect(QUEUE, set(), {"QueueAway", "LogLagging"}),
    "postgres-crash": Effect(STORE, {"StoreFailing", "LogRetrying"}, LATE),
    # Nobody refuses and nothing fails: an append just goes on.
    "postgres-pause": Effect(
        Sign("lookups", "Does the store answer lookup-service?", above=0), {"StoreFailing", "LogStalled"}, LATE | {"LogRetrying"}
    ),
    "postgres-restart": Effect(STORE, set(), {"StoreFailing", "LogRetrying", *LATE}),
    "redis-crash": Effect(CACHE, {"CacheAway"}, {"CacheChangesLost"}),
    "redis-pause": Effect(CACHE, {"CacheAway"}, {"CacheChangesLost"}),
    "redis-restart": Effect(CACHE, set(), {"CacheAway", "CacheChangesLost"}),
    "slow-database": Effect(Sign("queue-log", "How long does an append take?", above=1), {"LogLagging"}),
    "poison": Effect(Sign("queue-log", "Which messages were given up?", above=0), {"DeadLetters"}, {"LogLagging", "LogRetrying"}),
    # Nothing is wrong but the clocks: the delay of the log is what they make of it.
    "clock-jump": Effect(Sign("queue-log", "How far behind is the log?", above=30), set(), {"LogLagging", "ProcessRestarting"}),
    "everything": Effect(started("api-gateway"), set(), {"ProcessRestarting", "StoreFailing", "LogRetrying", "CacheAway", *LATE}),
    "disk-full": Effect(
        Sign("queue-log", "Which checks were dropped?", above=0), {"ChecksDropped", "QueueAway"},
        {"LogLagging", "ProcessRestarting", "ProcessDown", "SpoolDamaged"},
    ),
}  # fmt: skip


class Watch:
    """Prometheus, and what it has shown since `begin`."""

    def __init__(self, nodes: list[Node], folder: Path):
        self.port, self.effect, self.closed = free_port(), None, False
        self.nodes = len(nodes)
        self.fired: dict[str, set[str]] = {}
        self.seen = False
        self.lock = threading.Lock()
        folder.mkdir()
        (folder / "config.yaml").write_text(config(nodes, folder))
        options = [f"--config.file={folder}/config.yaml", f"--storage.tsdb.path={folder}/data"]
        options += [f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=error"]
        self.server = subprocess.Popen(["prometheus", *options], stdin=subprocess.DEVNULL)
        until("Prometheus", lambda: self.query("vector(1)"))
        threading.Thread(target=self.look, daemon=True).start()

    def query(self, expression: str) -> list:
        url = f"http://127.0.0.1:{self.port}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
        with contextlib.suppress(OSError, ValueError), urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)["data"]["result"]
        return []

    def firing(self) -> dict[str, set[str]]:
        """By the name of the alert: what else its labels say."""
        found: dict[str, set[str]] = {}
        for each in self.query('ALERTS{alertstate="firing"}'):
            labels = {name: value for name, value in each["metric"].items() if name not in LABELS_OF_ALL}
            name = each["metric"]["alertname"]
            found.setdefault(name, set()).add(", ".join(f"{label}={value}" for label, value in sorted(labels.items())))
        return found

    def look(self) -> None:
        while not self.closed:
            effect = self.effect
            if effect:
                shown, firing = self.shows(effect.sign), self.firing()
                with self.lock:
                    self.seen |= shown
                    for name, labels in firing.items():
                        self.fired.setdefault(name, set()).update(labels)
            time.sleep(0.5)

    def shows(self, sign: Sign) -> bool:
        series = [each for expression in panel(sign) for each in self.query(expression)]
        values = [float(each["value"][1]) for each in series if sign.job in each["metric"].get("job", sign.job)]
        return any(sign.shown(value) for value in values)

    def begin(self, fault: str) -> None:
        """Waits until every process is seen, for some seconds after Prometheus began, and the last fault is forgotten."""
        until("each process in Prometheus", lambda: len(self.query("up == 1")) == self.nodes, CALM)
        until("no alert, fired or about to", lambda: not self.query("ALERTS"), CALM)
        with self.lock:
            self.fired, self.seen, self.effect = {}, False, EFFECTS[fault]

    def wait(self) -> None:
        """While the fault lasts: until its alerts fire."""
        deadline = time.monotonic() + PATIENCE
        while self.effect and not self.effect.alerts <= self.fired.keys() and time.monotonic() < deadline:
            time.sleep(0.2)

    def end(self) -> Iterator[str]:
        self.wait()
        effect, self.effect = self.effect, None
        if not self.seen:
            yield f"not seen on {effect.sign}"
        if missing := effect.alerts - self.fired.keys():
            yield f"{', '.join(sorted(missing))} did not fire"
        for name in sorted(self.fired.keys() - effect.alerts - effect.follows):
            yield f"{name} fired ({'; '.join(sorted(self.fired[name]))})"

    def close(self) -> None:
        self.closed = True
        self.server.terminate()
        self.server.wait()


def panel(sign: Sign) -> list[str]:
    dashboard = json.loads((REPOSITORY / f"deploy/grafana/dashboards/{sign.dashboard}.json").read_text())
    found = [each for each in dashboard["panels"] if each["title"] == sign.panel]
    expressions = [target["expr"] for each in found for target in each["targets"]]
    if not expressions:
        raise ValueError(f"there is no panel {sign}")
    return [re.sub(r"\$(?:job|instance)", ".*", re.sub(r"\$__(?:rate_interval|range)", "5s", each)) for each in expressions]


def config(nodes: list[Node], folder: Path) -> str:
    (folder / "rules").mkdir()
    for path in (REPOSITORY / "deploy/prometheus/rules").glob("*.yaml"):
        (folder / "rules" / path.name).write_text(faster(path.read_text()))
    targets: dict[str, list[str]] = {}
    for node in nodes:
        targets.setdefault(node.program.name, []).append(f'"127.0.0.1:{node.admin}"')
    lines = ["global: { scrape_interval: 1s, evaluation_interval: 1s }", f'rule_files: ["{folder}/rules/*.yaml"]', "scrape_configs:"]
    lines += [f"  - {{ job_name: {job}, static_configs: [{{ targets: [{', '.join(each)}] }}] }}" for job, each in targets.items()]
    return "\n".join(lines) + "\n"


def faster(rules: str) -> str:
    """The rules with every duration shortened, and the delay of the log that is too much as well."""

    def shorter(found: re.Match) -> str:
        minutes = int(found[2]) * (60 if found[3] == "h" else 1)
        return f"{found[1]}{minutes * MINUTE}s"

    rules = re.sub(r"(for: |\[|offset )(\d+)([mh])", shorter, rules)
    return re.sub(r"(greencheck_log_lag_seconds_bucket.*> )30\b", rf"\g<1>{30 * MINUTE / 60}", rules)
