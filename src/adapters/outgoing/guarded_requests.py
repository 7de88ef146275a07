"""One request to an address that others have chosen: guarded, timed, no redirect followed, a short answer read."""

from __future__ import annotations

from typing import NamedTuple

import httpcore

from adapters.outgoing.guarded_network import AddressRefused, GuardedNetwork

SECONDS = 10.0


class Rules(NamedTuple):
    """Where requests may go, and how long one may take. Without encryption they go to private networks only."""

    allows_private: bool = False
    seconds: float = SECONDS


class Request(NamedTuple):
    """What is asked of which address."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


class Answered(NamedTuple):
    """The status of an answer, and the beginning of its body."""

    status: int
    body: bytes


class NotAnswered(Exception):
    """Why there is no answer, as far as is known."""


def ask(request: Request, rules: Rules, most_bytes: int = 0) -> Answered:
    """Ask, and read so many bytes of the answer; `NotAnswered` if there is none."""
    if not request.url.startswith("https://") and not rules.allows_private:
        raise NotAnswered("the address has no encryption (https), which is allowed within a private network only")
    written: list[tuple[bytes | str, bytes | str]] = list(request.headers.items())
    network = GuardedNetwork(allows_private=rules.allows_private, seconds=rules.seconds)
    try:
        with (
            httpcore.ConnectionPool(network_backend=network) as pool,
            pool.stream(request.method, request.url, headers=written, content=request.body) as answer,
        ):
            return Answered(answer.status, _beginning(answer, most_bytes))
    except AddressRefused as error:
        raise NotAnswered(str(error)) from error
    except httpcore.TimeoutException as error:
        raise NotAnswered(f"no answer within {rules.seconds:g} seconds") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise NotAnswered(f"the connection failed: {error}") from error


def _beginning(answer: httpcore.Response, most_bytes: int) -> bytes:
    content = bytearray()
    if most_bytes:
        for part in answer.iter_stream():
            content += part
            if len(content) >= most_bytes:
                break
    return bytes(content[:most_bytes])
