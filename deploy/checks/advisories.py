"""Compares Cargo.lock with the RustSec advisory database, and says loudly when it cannot.

Usage: python3 -B deploy/checks/advisories.py [DATABASE]

DATABASE is a folder or a .tar.gz with the database; else ADVISORY_DB names it, else it is fetched. Entries that `deny.toml`
ignores, with a reason, are named and pass. Exit codes: 0 nothing found, 1 something found, 3 there is no database. A
database whose newest entry is older than 60 days counts, and is said to be old.
"""

import datetime
import io
import os
import re
import sys
import tarfile
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = "https://codeload.github.com/rustsec/advisory-db/tar.gz/refs/heads/main"
NOT_CHECKED = 3
OLD = datetime.timedelta(days=60)
FENCE = re.compile(r"^```toml\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMPARATOR = re.compile(r"(>=|<=|>|<|=|\^|~)?\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?")


def main(arguments: list[str]) -> int:
    selftest()
    place = arguments[0] if arguments else os.environ.get("ADVISORY_DB") or SOURCE
    try:
        texts = list(entries(place))
    except (OSError, tarfile.TarError) as error:
        return not_checked(f"{place}: {error}")
    advisories = [advisory for text in texts if (advisory := read(text))]
    if not advisories:
        return not_checked(f"{place} holds no advisory")
    newest = max(datetime.date.fromisoformat(str(each["advisory"]["date"])) for each in advisories)
    rules = tomllib.loads((REPOSITORY / "deny.toml").read_text())
    ignored = {each["id"]: each["reason"] for each in rules.get("advisories", {}).get("ignore", [])}
    locked = tomllib.loads((REPOSITORY / "Cargo.lock").read_text())["package"]
    found = list(check(locked, advisories, ignored))
    for finding in found:
        print(finding, file=sys.stderr)
    print(f"{len(locked)} packages compared with {len(advisories)} advisories, the newest of {newest}; {len(found)} found")
    if datetime.date.today() - newest > OLD:
        print(f"ATTENTION: the advisory database is old, nothing after {newest} was checked", file=sys.stderr)
    return 1 if found else 0


def not_checked(why: str) -> int:
    print(f"ATTENTION: ADVISORIES WERE NOT CHECKED: {why}", file=sys.stderr)
    print("           name a copy of github.com/rustsec/advisory-db by ADVISORY_DB, a folder or .tar.gz", file=sys.stderr)
    return NOT_CHECKED


def entries(place: str) -> Iterator[str]:
    if Path(place).is_dir():
        for path in sorted(Path(place).glob("crates/*/RUSTSEC-*.md")):
            yield path.read_text()
        return
    if place.startswith("https://"):
        with urllib.request.urlopen(place, timeout=30) as answer:
            packed = answer.read()
    else:
        packed = Path(place).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            if re.search(r"(^|/)crates/[^/]+/RUSTSEC-[^/]+\.md$", member.name) and member.isfile():
                yield archive.extractfile(member).read().decode()


def read(text: str) -> dict | None:
    """The head of an advisory; nothing when it was taken back."""
    fence = FENCE.search(text)
    advisory = tomllib.loads(fence[1]) if fence else {"advisory": {"withdrawn": True}}
    return None if "withdrawn" in advisory["advisory"] else advisory


def check(locked: list[dict], advisories: list[dict], ignored: dict[str, str]) -> Iterator[str]:
    by_name: dict[str, list[dict]] = {}
    for each in advisories:
        by_name.setdefault(each["advisory"]["package"], []).append(each)
    for package in locked:
        for advisory in by_name.get(package["name"], []):
            versions, about = advisory.get("versions", {}), advisory["advisory"]
            harmless = [*versions.get("patched", []), *versions.get("unaffected", [])]
            if any(matches(package["version"], requirement) for requirement in harmless):
                continue
            name = f"{package['name']} {package['version']}: {about['id']}"
            if about["id"] in ignored:
                print(f"{name} is ignored: {ignored[about['id']]}")
            else:
                fix = ", ".join(versions.get("patched", [])) or "none"
                yield f"{name} ({about.get('informational', 'vulnerability')}), fixed in: {fix}"


def matches(version: str, requirement: str) -> bool:
    """Whether a version meets a requirement as Cargo writes it: comparators that must all hold."""
    return all(holds(version, each.strip()) for each in requirement.split(","))


def holds(version: str, comparator: str) -> bool:
    found = COMPARATOR.fullmatch(comparator)
    if not found:
        raise ValueError(f"`{comparator}` is no comparator that this check knows")
    operator, major, minor, patch, before = found.groups()
    bound = key(f"{major}.{minor or 0}.{patch or 0}{before or ''}")
    ours = key(version)
    match operator:
        case ">=":
            return ours >= bound
        case ">":
            return ours > bound
        case "<=":
            return ours <= bound
        case "<":
            return ours < bound
        case "=":
            return ours[: 3 if patch else 2 if minor else 1] == bound[: 3 if patch else 2 if minor else 1]
        case "~":
            return ours >= bound and ours[: 2 if minor else 1] == bound[: 2 if minor else 1]
    fixed = 1 if int(major) else 2 if minor and int(minor) else 3
    return ours >= bound and ours[:fixed] == bound[:fixed]


def key(version: str) -> tuple:
    """Sorts as versions do: one that comes before a release is less than it."""
    core, _, before = version.split("+")[0].partition("-")
    parts = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in before.split(".") if part]
    return (*map(int, core.split(".")), not before, parts)


def selftest() -> None:
    """A check that finds nothing must be able to find something."""
    text = '```toml\n[advisory]\nid = "RUSTSEC-1"\npackage = "leaf"\n[versions]\npatched = [">= 1.2.3", "^0.9.4"]\n```'
    for version, is_found in {"1.2.3": 0, "1.2.2": 1, "1.2.3-rc.1": 1, "0.9.3": 1, "0.9.5": 0, "0.10.0": 1, "1.10.0": 0}.items():
        found = list(check([{"name": "leaf", "version": version}], [read(text)], {}))
        assert len(found) == is_found, f"leaf {version}: {found}"
    assert matches("1.5.0", ">= 1.4, < 1.6") and not matches("1.6.0", ">= 1.4, < 1.6")
    assert read(text.replace("[versions]", 'withdrawn = "2026-01-01"\n[versions]')) is None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
