"""How many log-writers KEDA and the HorizontalPodAutoscaler would run, by their published formulas.

KEDA hands the queue's numbers to the autoscaler as external metrics of the type AverageValue. For each of them the
autoscaler wants ceil(value / target) pods, or leaves them alone if value / (target * pods) is within a tenth of 1; the
largest wish counts, between the least and the most replicas. Policies bound how much changes in a period, and on the way
down the largest wish within the stabilisation window counts.

https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
https://keda.sh/docs/latest/scalers/rabbitmq-queue/
"""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

SYNC = 15
TOLERANCE = 0.1


@dataclass
class Rules:
    """What k8s/components/keda/log-writer.yaml says."""

    least: int
    most: int
    polling: float
    backlog: float
    rate: float
    up_percent: float
    up_period: float
    down_window: float
    down_pods: int
    down_period: float

    @classmethod
    def read(cls, path: Path) -> "Rules":
        text = path.read_text()
        up, down = text.split("scaleUp:")[1].split("scaleDown:")

        def number(pattern: str, within: str = text) -> float:
            found = re.search(pattern, within)
            if not found:
                raise ValueError(f"{path}: {pattern} is not there")
            return float(found[1])

        return cls(
            int(number(r"minReplicaCount: (\d+)")),
            int(number(r"maxReplicaCount: (\d+)")),
            number(r"pollingInterval: (\d+)"),
            number(r'mode: QueueLength\s+value: "(\d+)"'),
            number(r'mode: MessageRate\s+value: "(\d+)"'),
            number(r"type: Percent\s+value: (\d+)", up),
            number(r"periodSeconds: (\d+)", up),
            number(r"stabilizationWindowSeconds: (\d+)", down),
            int(number(r"type: Pods\s+value: (\d+)", down)),
            number(r"periodSeconds: (\d+)", down),
        )


@dataclass
class Autoscaler:
    rules: Rules
    replicas: int
    wishes: list[tuple[float, int]] = field(default_factory=list)
    changes: list[tuple[float, int]] = field(default_factory=list)

    def decide(self, now: float, backlog: float, rate: float) -> int:
        """The replicas from now on; `now` in seconds of a cluster."""
        wish = max(self.wish(backlog, self.rules.backlog), self.wish(rate, self.rules.rate))
        wish = min(max(wish, self.rules.least), self.rules.most)
        self.wishes = [(at, each) for at, each in self.wishes if at > now - self.rules.down_window] + [(now, wish)]
        if wish > self.replicas:
            before = self.replicas - self.changed(now - self.rules.up_period, 1)
            new = min(wish, math.ceil(before * (1 + self.rules.up_percent / 100)))
        else:
            stable = max(each for _, each in self.wishes)
            gone = -self.changed(now - self.rules.down_period, -1)
            new = max(stable, self.replicas - max(0, self.rules.down_pods - gone))
            new = min(new, self.replicas)
        if new != self.replicas:
            self.changes.append((now, new - self.replicas))
            self.replicas = new
        return self.replicas

    def wish(self, value: float, target: float) -> int:
        if abs(value / (target * self.replicas) - 1) <= TOLERANCE:
            return self.replicas
        return math.ceil(value / target)

    def changed(self, since: float, sign: int) -> int:
        """Replicas that were added (1) or removed (-1) since then."""
        return sum(change for at, change in self.changes if at > since and change * sign > 0)


def selftest() -> None:
    rules = Rules(2, 8, 10, 200, 400, 100, 15, 300, 1, 60)
    scaler = Autoscaler(rules, 2)
    assert scaler.decide(0, 100, 0) == 2
    assert scaler.decide(15, 430, 0) == 2, "within the tolerance"
    assert scaler.decide(30, 5000, 0) == 4, "at most doubled in 15 s"
    assert scaler.decide(46, 5000, 0) == 8
    assert scaler.decide(61, 0, 0) == 8, "the window remembers"
    assert scaler.decide(347, 0, 0) == 7 and scaler.decide(362, 0, 0) == 7, "one a minute"
    assert scaler.decide(408, 0, 0) == 6
    assert Autoscaler(rules, 2).decide(0, 0, 1000) == 3, "the rate counts, too"
