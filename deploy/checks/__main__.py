"""Checks k8s/, deploy/prometheus and deploy/grafana without a cluster."""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

import compose
import fitness
import front
import monitoring
import relations
import schemas
import security
import selftest
from findings import Findings
from manifests import Overlay, render
from sources import REPOSITORY


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", required=True, type=Path, help="the folder node_modules")
    parser.add_argument("--write", action="store_true", help="make the rules of k8s/components/monitoring anew")
    options = parser.parse_args()
    if options.write:
        for path, text in monitoring.copies().items():
            path.write_text(text)
    files = sorted((REPOSITORY / "k8s/overlays").glob("*/kustomization.yaml"))
    overlays = [render(path.parent, REPOSITORY) for path in files]
    overlays += alone("".join(path.read_text() for path in files))
    found = list(findings(overlays, options))
    for finding in found:
        print(finding, file=sys.stderr)
    objects = sum(len(overlay.objects) for overlay in overlays)
    print(f"{len(overlays)} renderings, {objects} objects, {len(monitoring.rules())} alerts: {len(found)} findings")
    return 1 if found else 0


def alone(used: str) -> Iterator[Overlay]:
    """Each component that no overlay takes, on the base."""
    for component in sorted((REPOSITORY / "k8s/components").iterdir()):
        if not re.search(rf"^  - ../../components/{component.name}$", used, re.MULTILINE):
            with tempfile.TemporaryDirectory(dir=REPOSITORY / "k8s") as folder:
                lines = [
                    "namespace: greencheck",
                    "resources: [../base]",
                    f"components: [../components/{component.name}]",
                ]
                Path(folder, "kustomization.yaml").write_text("\n".join(lines))
                overlay = render(Path(folder), REPOSITORY)
            overlay.name = f"k8s/components/{component.name}"
            yield overlay


def findings(overlays: list[Overlay], options: argparse.Namespace) -> Findings:
    exceptions = yaml.safe_load((REPOSITORY / "k8s/exceptions.yaml").read_text())
    yield from selftest.check(overlays, options.modules)
    for overlay in overlays:
        yield from relations.check(overlay)
        yield from fitness.check(overlay)
        yield from schemas.check(overlay, options.modules)
    with tempfile.TemporaryDirectory() as folder:
        yield from security.check(overlays, exceptions, Path(folder))
    yield from compose.check()
    yield from front.check()
    yield from monitoring.check()


if __name__ == "__main__":
    sys.exit(main())
