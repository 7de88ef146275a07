"""Sends simulated messages over HTTP, and leaves before the answer if it is not to be waited for."""

from __future__ import annotations

import http.client
from urllib.parse import urlencode, urlsplit

from adapters.kiosks.other_side import Sent
from adapters.kiosks.simulator import Answered

TIMEOUT_SECONDS = 60.0


class HttpSender:
    """Sends to a connection's address."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path = parts.path.rstrip("/")
        self._is_encrypted = parts.scheme == "https"
        self._place = (parts.hostname or "127.0.0.1", parts.port)

    def send(self, sent: Sent, waits: bool) -> Answered | None:
        """The answer; None if it was not waited for, or the connection broke."""
        kind = http.client.HTTPSConnection if self._is_encrypted else http.client.HTTPConnection
        connection = kind(*self._place, timeout=TIMEOUT_SECONDS)
        path = f"{self._path}/{sent.path}".rstrip("/")
        target = f"{path}?{urlencode(sent.query)}" if sent.query else path
        try:
            connection.request("POST" if sent.body else "GET", target, sent.body or None, dict(sent.headers))
            if not waits:
                return None
            answer = connection.getresponse()
            return Answered(answer.status, answer.read())
        except (TimeoutError, OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
