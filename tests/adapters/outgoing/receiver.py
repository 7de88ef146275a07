"""A real receiver of webhooks on loopback, which does to each request what the test says."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Received(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """What arrived, and how the next requests are answered: the last way stays."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/events"
        self.received: list[Received] = []
        self.answers = ["200"]
        self.ends = threading.Event()


def _handle(receiver: Receiver, request: BaseHTTPRequestHandler) -> None:
    body = request.rfile.read(int(request.headers["content-length"]))
    headers = {name.lower(): value for name, value in request.headers.items()}
    receiver.received.append(Received(request.path, headers, body))
    answer = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
    if answer == "hangs":
        receiver.ends.wait(30)
        return
    if answer == "drips":
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not receiver.ends.is_set():
            request.wfile.write(b"x")
            time.sleep(0.05)
        return
    if answer == "closes":
        request.connection.shutdown(socket.SHUT_RDWR)
        return
    if answer == "late":
        time.sleep(0.3)
        answer = "204"
    if answer == "no HTTP":
        request.wfile.write(b"220 mail.example ESMTP\r\n")
        return
    request.send_response(int(answer))
    if answer.startswith("3"):
        request.send_header("Location", receiver.url.replace("/events", "/elsewhere"))
    request.send_header("Content-Length", "0")
    request.end_headers()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that runs as long as the body does."""
    receiver: Receiver

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            with suppress(OSError):  # The sender has gone.
                _handle(receiver, self)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.ends.set()
            server.shutdown()
            thread.join()
