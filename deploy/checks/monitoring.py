"""Whether rules and dashboards speak of metrics that exist, and each alert has a test and a runbook."""

import json
import re
import subprocess
from pathlib import Path

import yaml
from grafana_foundation_sdk.models.dashboard import Dashboard

from findings import Finding, Findings
from sources import PROCESS, REPOSITORY, TARGET_LABELS, metrics

RULES = REPOSITORY / "deploy/prometheus/rules"
TESTS = REPOSITORY / "deploy/prometheus/tests"
DASHBOARDS = REPOSITORY / "deploy/grafana/dashboards"
RUNBOOKS = REPOSITORY / "docs/runbooks"
COPIES = REPOSITORY / "k8s/components/monitoring/rules"
SECTIONS = ("## What it means", "## What to look at", "## What to do")
GROUPS = re.compile(r"\b(?:by|ignoring|on)\s*\(([^)]*)\)")
NAME = re.compile(r"\b((?:greencheck|http|process)_[a-z0-9_]+|up|ALERTS)(?:\{([^}]*)\})?(?![\w(])")


def check() -> Findings:
    yield from alerts()
    yield from dashboards()
    for path, text in copies().items():
        if not path.exists() or path.read_text() != text:
            yield Finding(
                str(path.relative_to(REPOSITORY)), "is not what deploy/prometheus/rules says; run with --write"
            )
    yield from run("check", "rules", *files(RULES))
    yield from run("test", "rules", *files(TESTS))
    yield from run("check", "config", str(REPOSITORY / "deploy/prometheus/prometheus.yml"))


def files(folder: Path) -> list[str]:
    return sorted(map(str, folder.glob("*.yaml")))


def run(*arguments: str) -> Findings:
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        yield Finding(f"promtool {arguments[0]} {arguments[1]}", (done.stdout + done.stderr).strip())


def rules() -> list[dict]:
    groups = [group for path in files(RULES) for group in yaml.safe_load(Path(path).read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> Findings:
    tests = "".join(Path(path).read_text() for path in files(TESTS))
    guide = (REPOSITORY / "docs/operations.md").read_text()
    names = [rule["alert"] for rule in rules()]
    for rule in rules():
        name = rule["alert"]
        runbook = RUNBOOKS / f"{name}.md"
        yield from expression(f"alert {name}", rule["expr"])
        text = runbook.read_text() if runbook.exists() else ""
        if not text.startswith(f"# {name}\n") or any(section not in text for section in SECTIONS):
            yield Finding(f"alert {name}", f"{runbook.relative_to(REPOSITORY)} needs a title and {', '.join(SECTIONS)}")
        if rule["annotations"].get("runbook") != str(runbook.relative_to(REPOSITORY)):
            yield Finding(f"alert {name}", "its annotation `runbook` names another file")
        if name not in tests:
            yield Finding(f"alert {name}", "no test of deploy/prometheus/tests lets it fire")
        if f"runbooks/{name}.md" not in guide:
            yield Finding(f"alert {name}", "docs/operations.md does not link its runbook")
    for runbook in RUNBOOKS.glob("*.md"):
        if runbook.stem not in names:
            yield Finding(f"docs/runbooks/{runbook.name}", "there is no such alert")


def dashboards() -> Findings:
    listed = (REPOSITORY / "deploy/grafana/kustomization.yaml").read_text()
    for path in sorted(DASHBOARDS.glob("*.json")):
        board = json.loads(path.read_text())
        Dashboard.from_json(board)
        if f"dashboards/{path.name}" not in listed:
            yield Finding(path.name, "is not in deploy/grafana/kustomization.yaml")
        ids = [panel["id"] for panel in board["panels"]]
        if len(set(ids)) != len(ids):
            yield Finding(path.name, "panel ids are not unique")
        for panel in board["panels"]:
            yield from look_at(path.name, panel)


def look_at(board: str, panel: dict) -> Findings:
    where = f"{board}: {panel['title']!r}"
    if not panel["title"].endswith("?"):
        yield Finding(where, "a title is a question")
    if panel["type"] == "row":
        return
    if not panel.get("description") or not panel["fieldConfig"]["defaults"].get("unit"):
        yield Finding(where, "a panel has a description and a unit")
    for target in panel["targets"]:
        yield from expression(where, target["expr"])


def expression(where: str, expr: str) -> Findings:
    code = "\n".join(line for line in expr.splitlines() if not line.lstrip().startswith("#"))
    names = NAME.findall(code)
    if not names:
        yield Finding(where, f"asks for no metric of ours: {expr}")
    grouped = {label for each in GROUPS.findall(code) for label in re.findall(r"\w+", each)} - TARGET_LABELS
    for name, selector in names:
        known = PROCESS | metrics().keys()
        family = name if name in known else re.sub(r"_(bucket|sum|count)$", "", name)
        if family not in known:
            yield Finding(where, f"{name} is made nowhere in the sources")
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector))
        for label in sorted(labels - metrics().get(family, set()) - TARGET_LABELS):
            yield Finding(where, f"{name} has no label {label}")
        grouped -= metrics().get(family, set())
    for label in sorted(grouped):
        yield Finding(where, f"no metric in it has the label {label}: {expr}")


def copies() -> dict[Path, str]:
    """The rules as objects of the Prometheus operator, by file."""
    made = {}
    for path in files(RULES):
        name = Path(path).stem
        head = f"# Made from deploy/prometheus/rules/{name}.yaml by `make k8s-check ARGS=--write`.\n"
        head += "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n"
        head += f"metadata:\n  name: greencheck-{name}\nspec:\n"
        body = "".join(f"  {line}\n" if line else "\n" for line in Path(path).read_text().splitlines())
        made[COPIES / f"{name}.yaml"] = head + body
    resources = "".join(f"  - {path.name}\n" for path in sorted(made))
    head = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n"
    return made | {COPIES / "kustomization.yaml": head + resources}
