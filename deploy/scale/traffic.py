"""Many requests at little cost: a process of its own that sends them in pipelines over kept connections."""

import multiprocessing
import random
import socket
import time
from multiprocessing.connection import Connection

NAMES = ["www.example.com", "studio.example.com", "orchard.example.org", "clinic.example.net"]
PIPELINE = 25


class Traffic:
    """Asks `ports` for cached names, `rate` times a second or as fast as they answer, until it is told to finish."""

    def __init__(self, ports: list[int], rate: float | None):
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=drive, args=(ports, rate, other), daemon=True)
        self.process.start()

    def pace(self, rate: float) -> None:
        self.pipe.send(rate)

    def finish(self) -> tuple[int, float]:
        """How many answers came, all of them 200, and in how many seconds."""
        self.pipe.send(None)
        answered, seconds, failure = self.pipe.recv()
        self.process.join()
        if failure:
            raise RuntimeError(failure)
        return answered, seconds


def drive(ports: list[int], rate: float | None, pipe: Connection) -> None:
    answered, begin, failure = 0, time.monotonic(), ""
    connections = [socket.create_connection(("127.0.0.1", port), 30) for port in ports]
    due = begin
    try:
        while True:
            if pipe.poll():
                rate = pipe.recv()
                if rate is None:
                    break
                due = time.monotonic()
            for connection in connections:
                answered += ask(connection, PIPELINE)
            if rate:
                due += PIPELINE * len(connections) / rate
                time.sleep(max(0.0, due - time.monotonic()))
    except (OSError, RuntimeError) as error:
        failure = str(error)
    pipe.send((answered, time.monotonic() - begin, failure))


def ask(connection: socket.socket, many: int) -> int:
    names = random.choices(NAMES, k=many)
    connection.sendall(b"".join(f"GET /greencheck/{name} HTTP/1.1\r\nHost: a\r\n\r\n".encode() for name in names))
    answered, rest = 0, b""
    while answered < many:
        received = connection.recv(1 << 16)
        if not received:
            raise RuntimeError("the gateway hung up")
        rest += received
        while (whole := first(rest)) is not None:
            answered += 1
            rest = rest[whole:]
    return many


def first(data: bytes) -> int | None:
    """The length of the answer that `data` begins with; nothing while it is not whole."""
    head, found, _ = data.partition(b"\r\n\r\n")
    if not found:
        return None
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"answered {head[:40]!r}")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    whole = len(head) + 4 + int(length.split(b":")[1])
    return whole if len(data) >= whole else None
