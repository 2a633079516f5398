"""What we are made of: checks licences, sources and bans as deny.toml says, and writes a bill of materials.

Usage: python3 -B deploy/checks/supply.py check
       python3 -B deploy/checks/supply.py sbom FILE        CycloneDX 1.5, JSON

advisories.py compares the same packages with what is known against them; `cargo deny check` reads the same deny.toml.
"""

import json
import re
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
TOKEN = re.compile(r"\(|\)|[^\s()]+")


def main(arguments: list[str]) -> int:
    match arguments:
        case ["check"]:
            findings = list(check(metadata(), tomllib.loads((REPOSITORY / "deny.toml").read_text())))
            for finding in findings:
                print(finding, file=sys.stderr)
            return 1 if findings else 0
        case ["sbom", file]:
            bill = sbom(metadata(), checksums())
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            Path(file).write_text(json.dumps(bill, indent=1) + "\n")
            print(f"wrote {file}: {len(bill['components'])} components")
            return 0
    print(__doc__, file=sys.stderr)
    return 2


def metadata() -> dict:
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    return json.loads(subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True).stdout)


def check(found: dict, rules: dict) -> Iterator[str]:
    allowed = set(rules["licenses"]["allow"])
    exceptions = {each["crate"]: set(each["allow"]) for each in rules["licenses"].get("exceptions", [])}
    users = users_of(found)
    banned = {each["crate"]: each for each in rules["bans"]["deny"]}
    for package in found["packages"]:
        name = f"{package['name']} {package['version']}"
        licence = package["license"]
        known = allowed | exceptions.get(package["name"], set())
        if not licence:
            yield f"{name}: says no licence"
        elif not permitted(licence, known):
            yield f"{name}: {licence} is not among the licences of deny.toml"
        if package["source"] not in (None, REGISTRY):
            yield f"{name}: comes from {package['source']}"
        if ban := banned.get(package["name"]):
            strangers = users[package["id"]] - set(ban.get("wrappers", []))
            if strangers:
                yield f"{name}: used by {', '.join(sorted(strangers))}: {ban['reason']}"


def users_of(found: dict) -> dict[str, set[str]]:
    """Who depends on each package, tests left out."""
    names = {package["id"]: package["name"] for package in found["packages"]}
    users: dict[str, set[str]] = {package: set() for package in names}
    for node in found["resolve"]["nodes"]:
        for dependency in node["deps"]:
            if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
                users[dependency["pkg"]].add(names[node["id"]])
    return users


def permitted(expression: str, allowed: set[str]) -> bool:
    """Whether the licences that suffice are all allowed (SPDX; `/` is an old way to write OR)."""
    tokens = TOKEN.findall(expression.replace("/", " OR "))

    def either() -> bool:
        fine = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            fine = both() or fine
        return fine

    def both() -> bool:
        fine = single()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            fine = single() and fine
        return fine

    def single() -> bool:
        token = tokens.pop(0)
        if token == "(":
            fine = either()
            tokens.pop(0)
            return fine
        if tokens and tokens[0] == "WITH":
            tokens.pop(0)
            token = f"{token} WITH {tokens.pop(0)}"
        return token in allowed

    return either()


def checksums() -> dict[tuple[str, str], str]:
    lock = tomllib.loads((REPOSITORY / "Cargo.lock").read_text())
    return {(each["name"], each["version"]): each.get("checksum", "") for each in lock["package"]}


def sbom(found: dict, hashes: dict[tuple[str, str], str]) -> dict:
    shipped = reachable(found)
    components = [component(package, hashes) for package in found["packages"] if package["id"] in shipped]
    refs = {package["id"]: ref(package) for package in found["packages"]}
    dependencies = [
        {"ref": refs[node["id"]], "dependsOn": sorted(refs[each] for each in normal(node))}
        for node in found["resolve"]["nodes"]
        if node["id"] in shipped
    ]
    version = next(package["version"] for package in found["packages"] if package["name"] == "greencheck")
    components.sort(key=lambda each: each["bom-ref"])
    # The same sources have the same number.
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "greencheck", "version": version}},
        "components": components,
        "dependencies": sorted(dependencies, key=lambda each: each["ref"]),
    }


def normal(node: dict) -> list[str]:
    return [each["pkg"] for each in node["deps"] if any(kind["kind"] is None for kind in each["dep_kinds"])]


def reachable(found: dict) -> set[str]:
    """What is in the programs: no tests, no build scripts, not the crate that only tests use."""
    nodes = {node["id"]: node for node in found["resolve"]["nodes"]}
    names = {package["id"]: package["name"] for package in found["packages"]}
    waiting = [member for member in found["workspace_members"] if names[member] != "greencheck-testkit"]
    seen: set[str] = set()
    while waiting:
        package = waiting.pop()
        if package not in seen:
            seen.add(package)
            waiting += normal(nodes[package])
    return seen


def ref(package: dict) -> str:
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package: dict, hashes: dict[tuple[str, str], str]) -> dict:
    made = {
        "type": "library",
        "bom-ref": ref(package),
        "name": package["name"],
        "version": package["version"],
        "licenses": [{"expression": package["license"].replace("/", " OR ")}],
    }
    if checksum := hashes.get((package["name"], package["version"])):
        made["purl"] = ref(package)
        made["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
