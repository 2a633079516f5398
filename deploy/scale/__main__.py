"""More of each process on the same stack: what it brings, and whether every check stays one row.

Usage: python3 -B deploy/scale --binaries FOLDER [--plot FILE] [--pace FACTOR] [gateways] [writers] [replay]

gateways: 1, 2 and 4 answer as fast as they can. writers: 1, 2 and 4 write what waits in the queue, first as fast as they
can, then each with `log.max_rows_per_second`. replay: ten times the usual load comes and goes, and writers are started and
stopped as KEDA and the HorizontalPodAutoscaler would by k8s/components/keda/log-writer.yaml; time in the cluster runs FACTOR
times as fast, everything else is real. Exit code 0 only if every answered check is one row.
"""

import argparse
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "deploy/chaos"))

from autoscaler import selftest  # noqa: E402
from bench import gateways, writers  # noqa: E402
from replay import replay  # noqa: E402
from stand import Stand  # noqa: E402

PARTS = {"gateways": gateways, "writers": writers, "replay": replay}


def main() -> int:
    selftest()
    parser = argparse.ArgumentParser(prog="deploy/scale")
    parser.add_argument("--binaries", type=Path, required=True)
    parser.add_argument("--plot", type=Path, default=Path("target/scaling.svg"))
    parser.add_argument("--pace", type=float, default=10.0)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    arguments = parser.parse_args()
    if unknown := [part for part in arguments.parts if part not in PARTS]:
        parser.error(f"there is no part {', '.join(unknown)}: there are {', '.join(PARTS)}")
    stand = Stand(arguments.binaries.resolve(), {"LOG__DURABILITY": "answer_first", "HTTP__WORKERS": "1"})
    try:
        for node in [*stand.lookups, *stand.renderers, *stand.writers, *stand.gateways]:
            node.start()
        begin = time.monotonic()
        problems = [problem for part in arguments.parts or PARTS for problem in PARTS[part](stand, arguments)]
        print(f"took {time.monotonic() - begin:.0f} s")
    finally:
        stand.end()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
