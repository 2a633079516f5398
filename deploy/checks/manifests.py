"""Rendered overlays, and questions about them."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

WORKLOADS = ("Deployment", "StatefulSet", "Job", "CronJob")


@dataclass
class Overlay:
    """The objects that one overlay makes."""

    name: str
    objects: list[dict] = field(default_factory=list)

    def of_kind(self, *kinds: str) -> list[dict]:
        return [each for each in self.objects if each["kind"] in kinds]

    def named(self, kind: str, name: str) -> dict | None:
        return next((each for each in self.of_kind(kind) if each["metadata"]["name"] == name), None)

    def where(self, thing: dict) -> str:
        return f"{self.name}: {thing['kind']}/{thing['metadata']['name']}"

    def workloads(self) -> list[dict]:
        return self.of_kind(*WORKLOADS)

    def selected(self, selector: dict) -> list[dict]:
        """The workloads whose pods have the labels of a selector."""
        return [each for each in self.workloads() if matches(selector, template(each)["metadata"]["labels"])]

    def environment(self, container: dict) -> dict[str, str | None]:
        """The variables of a container; a value from a secret is None."""
        variables: dict[str, str | None] = {}
        for source in container.get("envFrom", []):
            found = self.named("ConfigMap", source["configMapRef"]["name"])
            variables.update(found["data"] if found else {})
        for each in container.get("env", []):
            variables[each["name"]] = each.get("value")
        return variables


def render(folder: Path, repository: Path) -> Overlay:
    name = str(folder.relative_to(repository))
    done = subprocess.run(["kubectl", "kustomize", str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} cannot be rendered: {done.stderr}")
    return Overlay(name, [each for each in yaml.safe_load_all(done.stdout) if each])


def template(workload: dict) -> dict:
    """The pods that a workload makes."""
    spec = workload["spec"]
    return spec["jobTemplate"]["spec"]["template"] if workload["kind"] == "CronJob" else spec["template"]


def containers(workload: dict) -> list[dict]:
    return template(workload)["spec"]["containers"]


def ports(workload: dict) -> list[dict]:
    return [port for container in containers(workload) for port in container.get("ports", [])]


def has_port(workload: dict, port: str | int) -> bool:
    return any(port in (each.get("name"), each["containerPort"]) for each in ports(workload))


def matches(selector: dict, labels: dict) -> bool:
    """Whether a selector, with or without matchLabels, takes these labels."""
    plain = not {"matchLabels", "matchExpressions"} & selector.keys()
    wanted = selector if plain else selector.get("matchLabels", {})
    expressions = [] if plain else selector.get("matchExpressions", [])
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        each["operator"] == "In" and labels.get(each["key"]) in each["values"] for each in expressions
    )
