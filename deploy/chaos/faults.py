"""What is done to the stand. Each takes it and the load, and returns when the fault is over."""

import os
import subprocess
import time
from pathlib import Path

from load import Load
from processes import Node, until
from stand import Stand

AWAY = 8
KILLS = 12
# Between two kills, so that Prometheus sees each start.
BREATH = 0.5
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"


def stay(stand: Stand) -> None:
    """For a while, and as long as alerts take that somebody waits for."""
    time.sleep(AWAY)
    if stand.watch:
        stand.watch.wait()


def kills(nodes: str):
    def fault(stand: Stand, load: Load) -> None:
        for number in range(KILLS):
            each = getattr(stand, nodes)
            load.wait_for(150)
            each[number % len(each)].restart_killed()
            time.sleep(BREATH)

    return fault


def crash(server: str):
    """It ends at once, and comes back after a while."""

    def fault(stand: Stand, load: Load) -> None:
        stand.servers.run("stop", "--now", server)
        stay(stand)
        load.wait_for(50)
        stand.servers.run("start", server)

    return fault


def restart(server: str):
    """It stops in good order and comes back at once, three times."""

    def fault(stand: Stand, load: Load) -> None:
        for _ in range(3):
            stand.servers.run("restart", server)
            load.wait_for(100)

    return fault


def pause(server: str):
    """It neither answers nor hangs up."""

    def fault(stand: Stand, load: Load) -> None:
        stand.servers.freeze(server, "STOP")
        try:
            stay(stand)
            load.wait_for(20)
        finally:
            stand.servers.freeze(server, "CONT")

    return fault


def slow_database(stand: Stand, load: Load) -> None:
    """Each append takes two seconds longer."""
    stand.servers.sql(
        "create or replace function slow() returns trigger language plpgsql as "
        "$$ begin perform pg_sleep(2); return null; end $$;"
        "create trigger slow before insert on check_batches for each statement execute function slow()"
    )
    try:
        stay(stand)
        load.wait_for(100)
    finally:
        stand.servers.sql("drop trigger slow on check_batches")


def poison(stand: Stand, load: Load) -> None:
    """A batch that the database refuses goes to the dead letters with the reason, others flow on; repaired, it is replayed."""
    stand.servers.sql("alter table checks add constraint poison check (host not like '%13y0.example.com') not valid")
    load.wait_for(400)
    until("a dead letter", lambda: '"poison"' in stand.greencheck("queue", "dead", "list"), 60)
    load.wait_for(400)
    print(stand.greencheck("queue", "dead", "list", "--limit", "1").rstrip())
    stand.servers.sql("alter table checks drop constraint poison")
    replay_until_empty(stand)


def replay_until_empty(stand: Stand) -> None:
    """Batches that were refused before the repair may still be on their way."""
    for _ in range(5):
        time.sleep(3)
        print(stand.greencheck("queue", "dead", "replay").rstrip())


def disk_full(stand: Stand, load: Load) -> None:
    """The spool of every gateway fills up while RabbitMQ is away: what cannot be kept is counted."""
    for node in stand.gateways:
        folder = Path(node.settings["LOG__SPOOL_DIR"])
        node.end()
        if small_disk(folder):
            stand.mounts.append(folder)
        else:
            # Without the right to mount: no file grows beyond this.
            node.prefix = ["prlimit", "--fsize=65536"]
        node.settings["LOG__BUFFER_MAX"] = "200"
        node.start()
    stand.servers.run("stop", "--now", "rabbitmq")
    until("a full disk", lambda: stand.dropped() > 0, 120)
    stay(stand)
    load.wait_for(500)
    stand.servers.run("start", "rabbitmq")
    until("the queue", lambda: all(node.metric("greencheck_queue_connected") for node in stand.gateways))


def small_disk(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=128k,mode=777", "greencheck-chaos", str(folder)]
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0


def missing(names: list[str]) -> str | None:
    """What one of these faults needs and this machine has not."""
    if "clock-jump" in names and not Path(FAKETIME).exists():
        return "clock-jump needs libfaketime: apt-get install faketime"
    return None


def clock_jump(stand: Stand, load: Load) -> None:
    """The clocks of a gateway, a lookup-service and a log-writer jump an hour ahead and two back."""
    offset = stand.folder / "offset"
    set_offset(offset, "+0")
    nodes = [stand.gateways[0], stand.lookups[0], stand.writers[0]]
    for node in nodes:
        node.environment = {
            "LD_PRELOAD": FAKETIME,
            "FAKETIME_TIMESTAMP_FILE": str(offset),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }
        node.restart_killed()
    for jump in ("+1h", "-1h", "+0"):
        set_offset(offset, jump)
        load.wait_for(400)
    for node in nodes:
        node.environment = {}
        node.restart_killed()


def set_offset(file: Path, offset: str) -> None:
    new = file.with_suffix(".new")
    new.write_text(offset + "\n")
    os.replace(new, file)


def everything_at_once(stand: Stand, load: Load) -> None:
    """Gateways, writers and look-ups are killed by turns while PostgreSQL and Redis restart."""
    victims: list[Node] = [stand.gateways[1], stand.writers[0], stand.lookups[1], stand.gateways[2], stand.writers[1]]
    for number, victim in enumerate(victims):
        victim.restart_killed()
        load.wait_for(100)
        if number in (1, 3):
            stand.servers.run("restart", "postgres" if number == 1 else "redis")


FAULTS = {
    "kill-gateway": kills("gateways"),
    "kill-lookup": kills("lookups"),
    "kill-writer": kills("writers"),
    "kill-renderer": kills("renderers"),
    **{f"{server}-{name}": make(server) for server in ("rabbitmq", "postgres", "redis")
       for name, make in (("crash", crash), ("pause", pause), ("restart", restart))},
    "slow-database": slow_database,
    "poison": poison,
    "clock-jump": clock_jump,
    "everything": everything_at_once,
    # Last: it changes the gateways.
    "disk-full": disk_full,
}  # fmt: skip
