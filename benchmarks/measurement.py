"""How a figure is written: one JSON object per line, with the limit it is compared to; and clearing up after it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from math import log

import psycopg


def report(name: str, value: float, unit: str, limit: float, ratio: float | None = None) -> None:
    """Print one measurement. `ratio` is value / limit unless given."""
    line = {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "limit": round(limit, 3),
        "ratio": round(value / limit if ratio is None else ratio, 3),
    }
    print(json.dumps(line), flush=True)


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """The slope of log time over log number, from the second size to the last: 1 where ten times as many take ten times
    as long.
    """
    first = 1 if len(sizes) > 2 else 0
    return log(seconds[-1] / seconds[first]) / log(sizes[-1] / sizes[first])


def note(text: str) -> None:
    """Say on stderr what is going on."""
    print(text, file=sys.stderr, flush=True)


def drop(server_url: str, name: str) -> None:
    """Remove a benchmark's database."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
