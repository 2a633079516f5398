"""What the documentation and the Rust sources say: settings, metrics, commands."""

import re
import tomllib
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# Settings that have no default are not in the table of docs/CONFIG.md, only in the paragraph that says so.
WITHOUT_DEFAULT = re.compile(r"settings have no default:(.*?)\n\n", re.DOTALL)
# Metrics that the library `prometheus` makes for a process on Linux, and those that a scrape makes.
PROCESS = {
    "process_cpu_seconds_total", "process_max_fds", "process_open_fds", "process_resident_memory_bytes",
    "process_start_time_seconds", "process_threads", "process_virtual_memory_bytes", "up", "ALERTS",
}  # fmt: skip
TARGET_LABELS = {"job", "instance", "le", "alertname", "alertstate"}
METRIC = re.compile(r'"((?:greencheck|http)_[a-z0-9_]+)"')
# greencheck-queue puts the prefix before its names itself.
UNPREFIXED = re.compile(r'\.(counter|counters|gauge|seconds)\(\s*"([a-z_]+)"')
LABELS = re.compile(r'&\[((?:"[a-z_]+"(?:, )?)+)\]')
LAST_TEXT = re.compile(r'"([a-z_]+)",?\s*\)')


@cache
def settings() -> dict[str, object]:
    """Defaults by `section.key`."""
    text = (REPOSITORY / "docs/CONFIG.md").read_text()
    table = tomllib.loads(text.split("```toml")[1].split("```")[0])
    known = {f"{section}.{key}": value for section, keys in table.items() for key, value in keys.items()}
    others = WITHOUT_DEFAULT.search(text + "\n\n")
    return known | dict.fromkeys(re.findall(r"`(\w+\.\w+)`", others[1] if others else ""))


def setting_of(variable: str) -> str:
    return ".".join(variable.removeprefix("GREENCHECK__").lower().split("__"))


def seconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(ms|s|m|h|d)", text).groups()
    return float(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}[unit]


@cache
def metrics() -> dict[str, set[str]]:
    """Labels by name, of every metric that the sources make."""
    found: dict[str, set[str]] = {}
    for path in [*REPOSITORY.glob("crates/*/src/**/*.rs"), *REPOSITORY.glob("services/*/src/**/*.rs")]:
        if "test" not in path.name:
            found |= metrics_in(path.read_text(), "greencheck-queue" in path.parts)
    return found


def metrics_in(text: str, prefixed: bool) -> dict[str, set[str]]:
    names = [(each.start(), each.end(), each[1]) for each in METRIC.finditer(text)]
    if prefixed:
        names += [(each.start(), each.end(), "greencheck_" + each[2]) for each in UNPREFIXED.finditer(text)]
    names.sort()
    ends = [start for start, _, _ in names[1:]] + [len(text)] * bool(names)
    return {
        name: labels_in(text[:start], text[start:end], text[end:next_one])
        or labels_of_variable(text[:start], text[end:])
        for (start, end, name), next_one in zip(names, ends, strict=True)
    }


def labels_in(before: str, call: str, arguments: str) -> set[str]:
    """The labels among the arguments after the name: a slice of texts, or the last text of a shorthand."""
    arguments = arguments.split(";")[0]
    if listed := LABELS.search(arguments):
        return set(re.findall(r'"([a-z_]+)"', listed[1]))
    shorthand = ".counters(" in call or re.search(r"histograms\(\s*registry,\s*$", before)
    last = LAST_TEXT.search(arguments) if shorthand else None
    return {last[1]} if last else set()


def labels_of_variable(before: str, after: str) -> set[str]:
    """Those of `let requests = Opts::new(NAME, …); … IntCounterVec::new(requests, &[…])`."""
    statement = before[max(before.rfind(";"), before.rfind("{")) + 1 :]
    variable = re.search(r"let (\w+) =", statement)
    use = variable and re.search(rf"Vec::new\({variable[1]}\b[^;]*?{LABELS.pattern}", after)
    return set(re.findall(r'"([a-z_]+)"', use[1])) if use else set()


@cache
def commands() -> dict[str, str]:
    """The text of each enum of the command line, by its name."""
    text = (REPOSITORY / "services/greencheck/src/cli.rs").read_text()
    return dict(re.findall(r"pub\(crate\) enum (\w+) \{(.*?)\n\}", text, re.DOTALL))


def knows_command(words: list[str]) -> bool:
    """Whether the command line has these sub-commands."""
    variant = "".join(part.capitalize() for part in words[0].split("-")) if words else ""
    here = commands()["Command"]
    if not re.search(rf"^    {variant}\b", here, re.MULTILINE):
        return False
    if len(words) < 2 or variant not in commands():
        return True
    below = "".join(part.capitalize() for part in words[1].split("-"))
    return bool(re.search(rf"^    {below}\b", commands()[variant], re.MULTILINE))
