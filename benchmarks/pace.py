"""Requests over HTTP at a steady pace, whether or not those before are answered, and how long each waited.

A wait is counted from the moment at which the request was due, so a server that falls behind is not flattered.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import NamedTuple


class Waits(NamedTuple):
    """Waits in milliseconds, of which so many of 100 are shorter."""

    p50: float
    p99: float
    worst: float


def paced(port: int, requests: Iterable[bytes], per_second: int, connections: int, wanted: bytes = b"") -> Waits:
    """The waits of all requests; an answer that is not of the 200s, or lacks the wanted bytes, ends the benchmark."""
    return percentiles(asyncio.run(_all_paced(port, list(requests), per_second, connections, wanted)))


def percentiles(milliseconds: Iterable[float]) -> Waits:
    """The waits in order, the one in the middle, the 99th of 100 and the longest."""
    waits = sorted(milliseconds)
    return Waits(*(waits[min(len(waits) - 1, len(waits) * percent // 100)] for percent in (50, 99, 100)))


async def _all_paced(port: int, requests: list[bytes], per_second: int, connections: int, wanted: bytes) -> list[float]:
    turns, waits = iter(enumerate(requests)), list[float]()
    starts_at = time.perf_counter() + 0.2

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for turn, request in turns:
            due_at = starts_at + turn / per_second
            await asyncio.sleep(max(0.0, due_at - time.perf_counter()))
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split()[0]))
            assert head.split()[1].startswith(b"20") and wanted in body, head + body
            waits.append(1_000 * (time.perf_counter() - due_at))
        writer.close()

    await asyncio.gather(*(connection() for _ in range(connections)))
    return waits
