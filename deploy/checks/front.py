"""Starts nginx with deploy/nginx before a gateway that only takes notes, and asks it."""

import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from findings import Finding, Findings
from sources import REPOSITORY

PATIENCE = 10
BADGE = "/api/v3/greencheckimage/example.com"


class Gateway(BaseHTTPRequestHandler):
    """Answers badges as cacheable for a second, everything else as it comes."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, dict[str, str]]]

    def do_GET(self) -> None:
        self.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        known = self.headers.get("If-None-Match") == '"one"'
        self.send_response(304 if known else 200)
        if self.path == BADGE:
            self.send_header("ETag", '"one"')
            self.send_header("Cache-Control", "public, max-age=1")
        body = b"" if known else b"answer"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stays quiet."""


def check() -> Findings:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if nginx is None:
        print("nginx is not here: deploy/nginx is not checked")
        return
    handler = type("Noting", (Gateway,), {"seen": []})
    gateway = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=gateway.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        file = configure(Path(folder), port, gateway.server_port)
        command = [nginx, "-e", "stderr", "-p", folder, "-c", str(file)]
        tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        if tested.returncode:
            yield Finding("deploy/nginx", tested.stderr.strip())
            return
        server = subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
        try:
            yield from questions(port, handler.seen)
        finally:
            server.terminate()
            server.wait()
            gateway.shutdown()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def configure(folder: Path, port: int, gateway: int) -> Path:
    """The configuration with its ports and paths moved into a folder."""
    shutil.copytree(REPOSITORY / "deploy/nginx/greencheck", folder / "greencheck")
    for name in ("tls", "cache", "log"):
        (folder / name).mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
        + ["-keyout", folder / "tls/tls.key", "-out", folder / "tls/tls.crt"],
        check=True,
        capture_output=True,
    )
    text = (REPOSITORY / "deploy/nginx/nginx.conf").read_text()
    moved = {
        "/etc/nginx/tls": f"{folder}/tls",
        "/run/nginx.pid": f"{folder}/pid",
        "127.0.0.1:8080": f"127.0.0.1:{gateway}",
        "listen 443": f"listen 127.0.0.1:{port}",
        "listen [::]:443 ssl http2;": "",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen [::]:80;": "",
        "user www-data;": "user root;",
    }
    for old, new in moved.items():
        assert old in text, f"{old} is not in nginx.conf any more"
        text = text.replace(old, new)
    for include, old, new in (
        ("cache", "/var/cache/nginx/greencheck", f"{folder}/cache"),
        ("log", "/var/log/nginx/access.log", f"{folder}/log/access.log"),
    ):
        path = folder / f"greencheck/{include}.conf"
        path.write_text(path.read_text().replace(old, new))
    file = folder / "nginx.conf"
    file.write_text(text)
    return file


def ask(port: int, path: str, **headers: str) -> tuple[int, str, str]:
    """Status, body and what the cache says."""
    context = ssl._create_unverified_context()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"https://127.0.0.1:{port}{path}", headers=named)
    try:
        with urllib.request.urlopen(request, context=context, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode(), answer.headers.get("X-Cache", "")
    except urllib.error.HTTPError as error:
        return error.code, "", error.headers.get("X-Cache", "")


def await_start(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)


def questions(port: int, seen: list) -> Findings:
    await_start(port)

    def expect(holds: bool, what: str) -> Findings:
        if not holds:
            yield Finding("deploy/nginx", f"{what}; the gateway saw {seen}")

    encoded = "/greencheck/http%3A%2F%2Fexample.com//x?nocache=true"
    ask(port, encoded, X_Forwarded_For="192.0.2.1", X_Greencheck_Forwarder="stolen", X_Greencheck_Rpc_Version="1")
    path, headers = seen[-1] if seen else ("", {})
    yield from expect(path == encoded, "a path does not arrive as it was asked for")
    yield from expect(headers.get("x-forwarded-for") == "192.0.2.1, 127.0.0.1", "X-Forwarded-For is not passed on")
    ours = [name for name in headers if name.startswith("x-greencheck")]
    yield from expect(not ours, f"inbound {ours} is not removed")
    seen.clear()
    for _ in range(2):
        ask(port, "/greencheck/example.com")
    yield from expect(len(seen) == 2, "a check is answered without the gateway")
    seen.clear()
    yield from expect(ask(port, "/internal/v1/check")[0] == 404 and not seen, "an internal path is passed on")
    answers = [ask(port, BADGE)[1:] for _ in range(2)]
    yield from expect(answers == [("answer", "MISS"), ("answer", "HIT")], f"a badge is not cached: {answers}")
    yield from expect(ask(port, BADGE, If_None_Match='"one"')[0] == 304, "a client with the ETag gets the whole badge")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not any("if-none-match" in headers for _, headers in seen):
        ask(port, BADGE)
        time.sleep(0.05)
    yield from expect(
        any(h.get("if-none-match") == '"one"' for _, h in seen), "an old badge is not asked for by its ETag"
    )
    yield from expect(ask(port, BADGE)[:2] == (200, "answer"), "a renewed badge is lost")
