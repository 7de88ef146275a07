"""Clients that mean no good, on a real server: slow ones, huge bodies, tricks with heads and paths."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.adapters.cli.conftest import Billing, Serve

SLOW_CLIENTS = 200
HUGE_BYTES = 100_000_000
BALANCE = "/v1/accounts/1/balance"
STATUS = re.compile(rb"HTTP/1\.1 (\d+)")


@pytest.fixture
def held() -> Iterator[ExitStack]:
    """Connections that stay open until the server has ended, if it is asked for before the server."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def client(opened: Billing, serve: Serve) -> httpx.Client:
    """A server that listens, and a cashier who uses it."""
    client = serve("--only", "api")
    client.headers["Authorization"] = key_of(opened, "kiosk", "cashier")
    return client


def key_of(opened: Billing, operator: str, role: str) -> str:
    """What proves a new operator with a role."""
    opened("do", "register-operator", f"operator={operator}", f"name={operator.title()}", f"roles={role}")
    return "Bearer " + opened("staff", "key", operator, "hall", "--for", "a test").output.strip()


def connected(client: httpx.Client) -> socket.socket:
    return socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=20)


def status_of(client: httpx.Client, *parts: bytes) -> int:
    """The status that a server answers to a request that is sent as it stands, 0 if it hangs up without one."""
    first = answer_to(client, *parts, most_bytes=1).split(maxsplit=2)
    return int(first[1]) if first else 0


def answer_to(client: httpx.Client, *parts: bytes, most_bytes: int = 1_000_000) -> bytes:
    """What a server answers until it hangs up, or until so many bytes came."""
    answer = b""
    with connected(client) as stream:
        try:
            for part in parts:
                stream.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass  # It was answered before all of it was sent.
        try:
            while len(answer) < most_bytes and (part := stream.recv(65_536)):
                answer += part
        except ConnectionResetError:
            pass  # It hung up before it had read all of it.
    return answer


def test_slow_clients_and_huge_bodies_keep_nobody_waiting(held: ExitStack, client: httpx.Client):
    """Each has sent a part of a request, and no more until the server has ended, which it does when it is asked to."""
    for number in range(SLOW_CLIENTS):
        stream = held.enter_context(connected(client))
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
    hidden = f"GET {BALANCE} HTTP/1.1\r\nHost: x\r\nAuthorization: {client.headers['Authorization']}\r\n\r\n"

    def with_hidden(head: str) -> bytes:
        return answer_to(client, f"POST /v1/sessions HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n{{}}{hidden}".encode())

    assert b'"balance"' in with_hidden("Content-Length: 2"), "two requests, one after the other"
    for head in (
        "Content-Length: 3\r\nContent-Length: 30",
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Content-Length: -1",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Authorization : Bearer x",
        "X: " + "x" * 1_000_000,
    ):
        answer = with_hidden(head)
        assert b"balance" not in answer, head[:100]
        assert [int(each) for each in STATUS.findall(answer)] in ([], [400], [401], [413], [422], [431]), head[:100]

    administrator = key_of(opened, "boss", "administrator")
    for path in (
        "/v1/accounts/..%2f..%2foperators/balance", "/v1/accounts/../operators", "/v1//accounts/1/balance",
        "/v1/accounts/1%00/balance", "/v1/accounts/%E0%80%AF/balance", "/v1/accounts/1;a=b/balance",
        "/../../etc/passwd", "/docs/../../../etc/passwd", "/static/..%2f..%2f..%2fetc%2fpasswd",
    ):  # fmt: skip
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {administrator}\r\n\r\n"
        answer = answer_to(client, head.encode())
        assert int(answer.split()[1]) in (400, 404, 422), path

    elsewhere = {"X-Forwarded-For": "192.0.2.7", "Forwarded": "for=192.0.2.7", "X-Real-IP": "192.0.2.7"}

    assert client.get("/v1/changes", headers=elsewhere).status_code == 403
    assert opened.select("SELECT DISTINCT source FROM billing.refused_attempts") == [("127.0.0.1",)]
