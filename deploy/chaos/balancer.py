"""Spreads connections over the processes that say they are ready, as a Service of Kubernetes does."""

import contextlib
import selectors
import socket
import threading
import time

from processes import Node

LOOKS = 0.1


class Balancer:
    def __init__(self, ports: dict[Node, int]):
        self.ports = ports
        self.ready: list[int] = []
        self.turn = 0
        self.closed = False
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        for task in (self.look, self.accept):
            threading.Thread(target=task, daemon=True).start()

    def look(self) -> None:
        while not self.closed:
            self.ready = [port for node, port in self.ports.items() if node.child and node.is_ready()]
            time.sleep(LOOKS)

    def accept(self) -> None:
        while not self.closed:
            with contextlib.suppress(OSError):
                client, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client: socket.socket) -> None:
        with client:
            server = self.connect()
            if server:
                with server:
                    pump(client, server)

    def connect(self) -> socket.socket | None:
        ready = list(self.ready)
        self.turn += 1
        for number in range(len(ready)):
            with contextlib.suppress(OSError):
                return socket.create_connection(("127.0.0.1", ready[(self.turn + number) % len(ready)]), 2)
        return None

    def close(self) -> None:
        self.closed = True
        self.listener.close()


def pump(one: socket.socket, other: socket.socket) -> None:
    """Hands bytes over in both directions until one side has ended."""
    with selectors.DefaultSelector() as selector, contextlib.suppress(OSError):
        selector.register(one, selectors.EVENT_READ, other)
        selector.register(other, selectors.EVENT_READ, one)
        while True:
            for key, _ in selector.select(60):
                data = key.fileobj.recv(65536)
                if not data:
                    return
                key.data.sendall(data)
