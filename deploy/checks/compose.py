"""Whether deploy/compose.yaml fits the program."""

import yaml

from findings import Finding, Findings
from sources import REPOSITORY, setting_of, settings

OURS = "GREENCHECK__"


def check() -> Findings:
    file = yaml.safe_load((REPOSITORY / "deploy/compose.yaml").read_text())
    services = file["services"]
    for name, service in services.items():
        for variable in service.get("environment", {}):
            if variable.startswith(OURS) and setting_of(variable) not in settings():
                yield Finding(f"deploy/compose.yaml: {name}", f"{variable} is no setting of docs/CONFIG.md")
        for other in service.get("depends_on", {}):
            condition = service["depends_on"][other]["condition"]
            if other not in services:
                yield Finding(f"deploy/compose.yaml: {name}", f"depends on {other}, which is not there")
            elif condition == "service_healthy" and "healthcheck" not in services[other]:
                yield Finding(f"deploy/compose.yaml: {name}", f"waits for the health of {other}, which has no check")
        if service["image"].split("/")[-1].count(":") != 1:
            yield Finding(f"deploy/compose.yaml: {name}", f"image {service['image']} has no version")
    yield from scraped(services)


def scraped(services: dict) -> Findings:
    config = yaml.safe_load((REPOSITORY / "deploy/prometheus/prometheus.yml").read_text())
    for job in config["scrape_configs"]:
        host = job["static_configs"][0]["targets"][0].split(":")[0]
        if host not in services or job["job_name"] != host:
            yield Finding(
                "deploy/prometheus/prometheus.yml", f"job {job['job_name']} asks {host}, no service of compose"
            )
