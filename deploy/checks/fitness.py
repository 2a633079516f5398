"""Whether the objects of an overlay fit what the program does: its settings, its stop, its limits."""

import re
from collections import Counter

from findings import Finding, Findings
from manifests import Overlay, containers, ports, template
from sources import knows_command, seconds, setting_of, settings

# After `process.grace` a process has a last moment and a last resort (lifecycle.rs, process.rs): 1 s and 3 s.
LAST_SECONDS = 4
# What a PostgreSQL takes when nobody has changed it, less those that it keeps for its administrators.
CONNECTIONS = 97
OUR_VARIABLES = "GREENCHECK__"


def check(overlay: Overlay) -> Findings:
    for each in (environments, autoscalers, stops, images, commands, pool):
        yield from each(overlay)


def environments(overlay: Overlay) -> Findings:
    for workload in overlay.workloads():
        for container in containers(workload):
            variables = overlay.environment(container)
            for variable in variables:
                if variable.startswith(OUR_VARIABLES) and setting_of(variable) not in settings():
                    yield Finding(overlay.where(workload), f"{variable} is no setting of docs/CONFIG.md")
            for port in container.get("ports", []):
                yield from listening(overlay, workload, port, variables)


def listening(overlay: Overlay, workload: dict, port: dict, variables: dict) -> Findings:
    """Ports named as in the base are those that the settings say."""
    internal = {"badge-renderer": "BADGE", "lookup-service": "LOOKUP"}
    section = {"admin": "ADMIN", "http": internal.get(workload["metadata"]["name"], "HTTP")}
    variable = f"GREENCHECK__{section.get(port.get('name'))}__LISTEN"
    if variable in variables and not variables[variable].endswith(f":{port['containerPort']}"):
        yield Finding(overlay.where(workload), f"port {port['name']} is {port['containerPort']}, {variable} is not")


def autoscalers(overlay: Overlay) -> Findings:
    scalers = overlay.of_kind("HorizontalPodAutoscaler", "ScaledObject")
    targets = Counter(each["spec"]["scaleTargetRef"]["name"] for each in scalers)
    for scaler in scalers:
        name = scaler["spec"]["scaleTargetRef"]["name"]
        target = overlay.named("Deployment", name)
        if targets[name] > 1:
            yield Finding(overlay.where(scaler), f"{name} has more than one autoscaler")
        if not target:
            yield Finding(overlay.where(scaler), f"there is no deployment {name}")
        elif "replicas" in target["spec"]:
            yield Finding(overlay.where(target), "`replicas` and an autoscaler fight about the number of pods")
    for budget in overlay.of_kind("PodDisruptionBudget"):
        if not overlay.selected(budget["spec"]["selector"]):
            yield Finding(overlay.where(budget), "selects no pods")


def stops(overlay: Overlay) -> Findings:
    """A pod has time for everything that a stop does."""
    for workload in overlay.of_kind("Deployment"):
        for container in containers(workload):
            variables = overlay.environment(container)
            if not any(name.startswith(OUR_VARIABLES) for name in variables):
                continue

            def duration(name: str, variables: dict = variables) -> float:
                return seconds(variables.get(OUR_VARIABLES + name.upper().replace(".", "__")) or settings()[name])

            hook = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
            drain = duration("http.shutdown_timeout") + duration("log.drain")
            if duration("process.grace") < drain:
                yield Finding(overlay.where(workload), f"process.grace is shorter than what it must cover, {drain} s")
            needed = hook + duration("process.pre_stop") + duration("process.grace") + LAST_SECONDS
            if template(workload)["spec"].get("terminationGracePeriodSeconds", 30) <= needed:
                yield Finding(overlay.where(workload), f"terminationGracePeriodSeconds must exceed {needed} s")


def images(overlay: Overlay) -> Findings:
    for workload in overlay.workloads():
        for container in containers(workload):
            if not re.search(r":[\w.-]+$", container["image"]) or container["image"].endswith(":latest"):
                yield Finding(overlay.where(workload), f"image {container['image']} has no version")
        names = [port["name"] for port in ports(workload)]
        if len(names) != len(set(names)):
            yield Finding(overlay.where(workload), f"port names are not unique: {names}")


def commands(overlay: Overlay) -> Findings:
    for workload in overlay.workloads():
        for container in containers(workload):
            if "/greencheck:" in container["image"]:
                words = [word for word in container.get("args", []) if not word.startswith("-")]
                if not knows_command(words):
                    yield Finding(overlay.where(workload), f"`greencheck {' '.join(words)}` is no command")


def pool(overlay: Overlay) -> Findings:
    """All replicas together fit into one PostgreSQL."""
    total = 0
    for workload in overlay.of_kind("Deployment"):
        name = workload["metadata"]["name"]
        for container in containers(workload):
            variables = overlay.environment(container)
            # A URL from a secret, which is None here, is that of a server.
            url = variables.get("GREENCHECK__STORE__URL", "sqlite:") or "postgres:"
            if url.startswith("sqlite:"):
                continue
            size = int(variables.get("GREENCHECK__STORE__POOL_SIZE") or settings()["store.pool_size"])
            # Writers of the log have a connection each beside the pool.
            writes = container["name"] in ("log-writer", "greencheck")
            writers = int(variables.get("GREENCHECK__LOG__CONSUMERS") or settings()["log.consumers"]) if writes else 0
            total += (size + writers) * replicas(overlay, name)
    if total > CONNECTIONS:
        yield Finding(overlay.name, f"its pods may open {total} connections to PostgreSQL, which takes {CONNECTIONS}")


def replicas(overlay: Overlay, name: str) -> int:
    """How many pods an autoscaler may start."""
    for scaler in overlay.of_kind("HorizontalPodAutoscaler", "ScaledObject"):
        if scaler["spec"]["scaleTargetRef"]["name"] == name:
            return scaler["spec"].get("maxReplicas") or scaler["spec"]["maxReplicaCount"]
    return 1
