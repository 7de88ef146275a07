"""The stream of a request for approval, for whom it concerns."""

from __future__ import annotations


def request_stream(request: str) -> str:
    return f"request/{request}"
