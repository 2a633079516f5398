"""Whether the objects of an overlay fit together."""

from findings import Finding, Findings
from manifests import Overlay, containers, has_port, matches, template

MAY_REACH_THE_INTERNET = {"lookup-service", "greencheck", "import-networks"}


def check(overlay: Overlay) -> Findings:
    for each in (services, entrances, probes, references, policies):
        yield from each(overlay)


def services(overlay: Overlay) -> Findings:
    for service in overlay.of_kind("Service"):
        pods = overlay.selected(service["spec"]["selector"])
        if not pods:
            yield Finding(overlay.where(service), "selects no pods")
        for port in service["spec"]["ports"]:
            target = port.get("targetPort", port["port"])
            if not all(has_port(pod, target) for pod in pods):
                yield Finding(overlay.where(service), f"its pods have no port {target}")


def entrances(overlay: Overlay) -> Findings:
    for ingress in overlay.of_kind("Ingress"):
        for path in [path for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]]:
            backend = path["backend"]["service"]
            service = overlay.named("Service", backend["name"])
            if not service or backend["port"]["name"] not in [port["name"] for port in service["spec"]["ports"]]:
                yield Finding(overlay.where(ingress), f"leads to {backend}, which is not there")
    for monitor in overlay.of_kind("ServiceMonitor"):
        wanted = {endpoint["port"] for endpoint in monitor["spec"]["endpoints"]}
        for service in overlay.of_kind("Service"):
            if matches(monitor["spec"]["selector"], service["metadata"].get("labels", {})):
                wanted -= {port["name"] for port in service["spec"]["ports"]}
        if wanted:
            yield Finding(overlay.where(monitor), f"no service that it selects has the ports {sorted(wanted)}")


def probes(overlay: Overlay) -> Findings:
    for workload in overlay.of_kind("Deployment", "StatefulSet"):
        for container in containers(workload):
            for name in ("startupProbe", "livenessProbe", "readinessProbe"):
                probe = container.get(name)
                if not probe:
                    yield Finding(overlay.where(workload), f"has no {name}")
                elif request := probe.get("httpGet"):
                    if not has_port(workload, request["port"]):
                        yield Finding(overlay.where(workload), f"{name} asks port {request['port']}, which it has not")
                    if request["path"] != ("/livez" if name == "livenessProbe" else "/readyz"):
                        yield Finding(overlay.where(workload), f"{name} asks {request['path']}")


def references(overlay: Overlay) -> Findings:
    for workload in overlay.workloads():
        spec = template(workload)["spec"]
        wanted = [("ServiceAccount", spec["serviceAccountName"])] if "serviceAccountName" in spec else []
        for volume in spec.get("volumes", []):
            if "persistentVolumeClaim" in volume:
                wanted.append(("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]))
        for container in spec["containers"]:
            wanted += [("ConfigMap", each["configMapRef"]["name"]) for each in container.get("envFrom", [])]
            sources = [each.get("valueFrom", {}) for each in container.get("env", [])]
            wanted += [("ConfigMap", each["configMapKeyRef"]["name"]) for each in sources if "configMapKeyRef" in each]
        for kind, name in wanted:
            if not overlay.named(kind, name):
                yield Finding(overlay.where(workload), f"needs {kind}/{name}, which is not there")
    for secret in overlay.of_kind("Secret"):
        yield Finding(overlay.where(secret), "secrets are references, their values are nobody's but the operator's")


def policies(overlay: Overlay) -> Findings:
    for policy in overlay.of_kind("NetworkPolicy"):
        selector = policy["spec"]["podSelector"]
        pods = [each for each in overlay.workloads() if matches(selector, template(each)["metadata"]["labels"])]
        if not pods:
            yield Finding(overlay.where(policy), "is about no pods")
        if policy["metadata"]["name"] == "to-internet":
            for pod in pods:
                if template(pod)["metadata"]["labels"]["app.kubernetes.io/name"] not in MAY_REACH_THE_INTERNET:
                    yield Finding(overlay.where(pod), "must not reach the internet")
        for rule in policy["spec"].get("ingress", []):
            for port in rule.get("ports", []):
                if not any(has_port(pod, port["port"]) for pod in pods):
                    yield Finding(overlay.where(policy), f"none of its pods has the port {port['port']}")
