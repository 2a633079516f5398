"""Security policies, by checkov. What we do otherwise is in k8s/exceptions.yaml, with the reason."""

import json
import subprocess
import sys
from pathlib import Path

import yaml

from findings import Finding, Findings
from manifests import Overlay


def check(overlays: list[Overlay], exceptions: list[dict], folder: Path) -> Findings:
    for overlay in overlays:
        # Checkov passes over files that are not called .yaml, without a word.
        file = folder / f"{overlay.name.replace('/', '-')}.yaml"
        file.write_text(yaml.safe_dump_all(overlay.objects))
    used = set()
    for report in run(folder):
        for failed in report["results"]["failed_checks"]:
            kind, _, name = failed["resource"].split(".", 2)
            exception = exception_for(exceptions, failed["check_id"], name)
            if exception is None:
                where = f"{Path(failed['file_path']).stem}: {kind}/{name}"
                yield Finding(where, f"{failed['check_id']} {failed['check_name']}")
            else:
                used.add(exception)
    for number, exception in enumerate(exceptions):
        if number not in used:
            yield Finding("k8s/exceptions.yaml", f"nothing needs the exception {exception['check']} any more")
        if len(exception.get("reason", "")) < 20:
            yield Finding("k8s/exceptions.yaml", f"the exception {exception['check']} has no reason")


def exception_for(exceptions: list[dict], check_id: str, name: str) -> int | None:
    fits = (
        number
        for number, each in enumerate(exceptions)
        if each["check"] == check_id and name in each.get("only", [name])
    )
    return next(fits, None)


def run(folder: Path) -> list[dict]:
    command = [Path(sys.executable).with_name("checkov"), "-d", folder, "--framework", "kubernetes"]
    options = ["--compact", "--quiet", "--skip-download", "-o", "json"]
    done = subprocess.run([*map(str, command), *options], capture_output=True, text=True, check=False)
    reports = json.loads(done.stdout or "[]")
    reports = reports if isinstance(reports, list) else [reports]
    if not any(report.get("summary", {}).get("resource_count") for report in reports):
        raise SystemExit(f"checkov has looked at nothing: {done.stderr}")
    return reports
