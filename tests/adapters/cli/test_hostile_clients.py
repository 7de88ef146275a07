"""Clients that mean no good, on a real server: slow ones, huge bodies, tricks with heads and paths."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.adapters.cli.conftest import Billing, Serve

SLOW_CLIENTS = 200
HUGE_BYTES = 100_000_000
BALANCE = "/v1/accounts/1/balance"


@pytest.fixture
def client(opened: Billing, serve: Serve) -> httpx.Client:
    """A server that listens, and a cashier who uses it."""
    opened("do", "register-operator", "operator=kiosk", "name=Kiosk", "roles=cashier")
    token = opened("staff", "key", "kiosk", "hall", "--for", "a test").output.strip()
    client = serve("--only", "api")
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def connected(client: httpx.Client) -> socket.socket:
    return socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=20)


def status_of(client: httpx.Client, *parts: bytes) -> int:
    """The status that a server answers to a request that is sent as it stands, 0 if it hangs up without one."""
    with connected(client) as stream:
        try:
            for part in parts:
                stream.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass  # It was answered before all of it was sent.
        try:
            head = stream.recv(64)
        except ConnectionResetError:
            return 0
    return int(head.split()[1]) if head else 0


def test_slow_clients_and_huge_bodies_keep_nobody_waiting(client: httpx.Client):
    """Each has sent a part of a request; the server ends all the same when it is asked to."""
    with ExitStack() as stack:
        for number in range(SLOW_CLIENTS):
            stream = stack.enter_context(connected(client))
            stream.sendall(b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\n")
            if number % 2:
                stream.sendall(b'Content-Length: 50\r\n\r\n{"operator": ')

        assert client.get(BALANCE).status_code == 200
        assert status_of(client, *huge_body()) == 413
        assert client.get(BALANCE).status_code == 200


def huge_body() -> Iterator[bytes]:
    """A request of 100 MB, of which a server has to read one."""
    yield f"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: {HUGE_BYTES}\r\n\r\n".encode()
    for _ in range(HUGE_BYTES // 1_000_000):
        yield b"x" * 1_000_000


def test_heads_and_paths_that_trick_find_nothing(client: httpx.Client, opened: Billing):
    """Heads that could be two requests, paths that lead elsewhere, and a source that no proxy proves."""
    for head in (
        "Content-Length: 3\r\nContent-Length: 30",
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Content-Length: -1",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Authorization : Bearer x",
        "X: " + "x" * 1_000_000,
    ):
        content = f"POST /v1/sessions HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n{{}}GET {BALANCE} HTTP/1.1\r\n\r\n"
        assert status_of(client, content.encode()) in (0, 400, 401, 413, 422, 431), head[:100]

    for path in (
        "/v1/accounts/..%2f..%2foperators/balance", "/v1/accounts/../operators", "/v1//accounts/1/balance",
        "/v1/accounts/1%00/balance", "/v1/accounts/%E0%80%AF/balance", "/v1/accounts/1;a=b/balance",
        "/../../etc/passwd", "/docs/../../../etc/passwd", "/static/..%2f..%2f..%2fetc%2fpasswd",
    ):  # fmt: skip
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {client.headers['Authorization']}\r\n\r\n"
        assert status_of(client, head.encode()) in (400, 403, 404, 422), path

    elsewhere = {"X-Forwarded-For": "192.0.2.7", "Forwarded": "for=192.0.2.7", "X-Real-IP": "192.0.2.7"}

    assert client.get("/v1/changes", headers=elsewhere).status_code == 403
    assert opened.select("SELECT DISTINCT source FROM billing.refused_attempts") == [("127.0.0.1",)]
