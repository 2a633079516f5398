"""Breaks the production overlay in one place at a time, and expects the checks to notice."""

import copy
from collections.abc import Callable
from pathlib import Path

import fitness
import monitoring
import relations
import schemas
from findings import Finding, Findings
from manifests import Overlay, containers, template

Break = Callable[[Overlay], object]


def gateway(overlay: Overlay) -> dict:
    return overlay.named("Deployment", "api-gateway")


def rename(thing: dict, key: str, value: object) -> None:
    thing[key] = value


BREAKS: dict[str, tuple[Break, str]] = {
    "a service that selects nothing": (
        lambda o: rename(o.named("Service", "api-gateway")["spec"]["selector"], "app.kubernetes.io/name", "gateway"),
        "selects no pods",
    ),
    "a probe of a port that is not there": (
        lambda o: rename(containers(gateway(o))[0]["livenessProbe"]["httpGet"], "port", "health"),
        "livenessProbe asks port health",
    ),
    "a setting that nobody knows": (
        lambda o: containers(gateway(o))[0]["env"].append({"name": "GREENCHECK__CACHE__URI", "value": "memory:"}),
        "GREENCHECK__CACHE__URI is no setting",
    ),
    "two autoscalers of one deployment": (
        lambda o: rename(o.of_kind("ScaledObject")[0]["spec"]["scaleTargetRef"], "name", "api-gateway"),
        "more than one autoscaler",
    ),
    "a stop that is cut short": (
        lambda o: rename(template(gateway(o))["spec"], "terminationGracePeriodSeconds", 44),
        "terminationGracePeriodSeconds must exceed 44",
    ),
    "a second service on the internet": (
        lambda o: rename(template(gateway(o))["metadata"]["labels"], "access.greencheck/internet", "true"),
        "must not reach the internet",
    ),
    "a command that does not exist": (
        lambda o: rename(containers(o.named("Job", "migrate"))[0], "args", ["migrat"]),
        "`greencheck migrat` is no command",
    ),
    "more connections than PostgreSQL has": (
        lambda o: rename(o.named("ScaledObject", "log-writer")["spec"], "maxReplicaCount", 50),
        "connections to PostgreSQL",
    ),
    "a claim that is not there": (
        lambda o: template(gateway(o))["spec"]["volumes"].append(
            {"name": "x", "persistentVolumeClaim": {"claimName": "x"}}
        ),
        "needs PersistentVolumeClaim/x",
    ),
    "a field that Kubernetes does not have": (
        lambda o: rename(gateway(o)["spec"], "replica", 2),
        "Kubernetes 1.37",
    ),
    "a number that is a text": (
        lambda o: rename(o.of_kind("PodDisruptionBudget")[0]["spec"], "minAvailable", [1]),
        "Kubernetes 1.37",
    ),
    "a scaler without a target": (
        lambda o: o.of_kind("ScaledObject")[0]["spec"].pop("triggers"),
        "triggers",
    ),
    "a scaler with a field that KEDA does not have": (
        lambda o: rename(o.of_kind("ScaledObject")[0]["spec"], "pollInterval", 1),
        "no schema has a field `pollInterval`",
    ),
}


def check(overlays: list[Overlay], modules: Path) -> Findings:
    whole = next(overlay for overlay in overlays if overlay.name.endswith("production"))
    for name, (damage, expected) in BREAKS.items():
        broken = copy.deepcopy(whole)
        damage(broken)
        changed = [new for new, old in zip(broken.objects, whole.objects, strict=True) if new != old]
        found = [*relations.check(broken), *fitness.check(broken)]
        found += schemas.check(Overlay(broken.name, changed), modules)
        if not any(expected in str(finding) for finding in found):
            yield Finding("self-test", f"{name} is not noticed: {[*map(str, found)]}")
    for expr, expected in (
        ("rate(greencheck_czechs_total[5m])", "made nowhere"),
        ('rate(greencheck_checks_total{verdikt="green"}[5m])', "no label verdikt"),
        ("sum by (verdikt) (greencheck_checks_total)", "has the label verdikt"),
        ("vector(1)", "no metric of ours"),
    ):
        if not any(expected in str(finding) for finding in monitoring.expression("self-test", expr)):
            yield Finding("self-test", f"{expr} is not noticed")
