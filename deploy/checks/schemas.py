"""Strict schemas: of Kubernetes itself, and of the kinds that operators bring."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import kubernetes_validate

from findings import Finding, Findings
from manifests import Overlay

# The oldest that knows `preStop.sleep` without a feature gate, and a recent one.
VERSIONS = ("1.32", "1.37")
CRD = {"keda.sh": "keda", "monitoring.coreos.com": "prometheus-operator"}


def check(overlay: Overlay, modules: Path) -> Findings:
    ours = [each for each in overlay.objects if group(each) not in CRD]
    for each in ours:
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(each, version, strict=True)
            except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
                yield Finding(overlay.where(each), f"Kubernetes {version}: {getattr(error, 'message', error)}")
    yield from custom(overlay, [each for each in overlay.objects if group(each) in CRD], modules)


def group(thing: dict) -> str:
    return thing["apiVersion"].split("/")[0]


def custom(overlay: Overlay, objects: list[dict], modules: Path) -> Findings:
    if not objects:
        return
    script = Path(__file__).with_name("crds.mjs")
    done = subprocess.run(
        ["node", str(script), str(modules)], input=json.dumps(objects), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"the schemas of custom resources cannot be used: {done.stderr}")
    for problem in json.loads(done.stdout):
        yield Finding(overlay.where(objects[problem["index"]]), problem["message"])
    for each in objects:
        known = field_names(modules, CRD[group(each)])
        for name in sorted(fields(each["spec"]) - known):
            yield Finding(overlay.where(each), f"no schema has a field `{name}`")


@cache
def field_names(modules: Path, package: str) -> set[str]:
    """All names of fields in a package and in what it borrows: its validators pass over what they do not know."""
    ours = modules / "@kubernetes-models"
    folders = [ours / package, ours / "apimachinery", modules / "kubernetes-models/autoscaling/v2"]
    files = [path for folder in folders for path in folder.rglob("*.d.ts")]
    return set(re.findall(r'"?(\w+)"?\??:', "".join(path.read_text() for path in files)))


def fields(value: object) -> set[str]:
    """Names of fields, but not of entries in maps of free texts."""
    if isinstance(value, list):
        return set().union(*map(fields, value))
    if not isinstance(value, dict):
        return set()
    free = {"metadata", "labels", "annotations", "matchLabels"}
    return set(value).union(*(fields(each) for key, each in value.items() if key not in free))
