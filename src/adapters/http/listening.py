"""Listen and answer until asked to end: requests under way are answered first."""

from __future__ import annotations

import resource
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI

from adapters.http.arrivals import Arrivals
from adapters.processes.signals import not_ignored

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS = 30


class _Server(uvicorn.Server):
    """Ends at a signal and is done: the library's own raises the signal again afterwards, as if nobody had heard it.

    Who waits for an event is sent away first.
    """

    def __init__(self, config: uvicorn.Config, arrivals: Arrivals) -> None:
        super().__init__(config)
        self._arrivals = arrivals

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._arrivals.end()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in not_ignored(*ENDS)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Answers that go on until something happens end now: they look at this state."""
        self.config.app.state.is_ending = True  # type: ignore[union-attr]
        super().handle_exit(sig, frame)


def listen(api: FastAPI, host: str, port: int, proxies: Sequence[str] = ()) -> None:
    """Serve an application on an address of this machine.

    Only of the named proxies it is believed for whom they ask.
    """
    _allow_many_connections()
    config = uvicorn.Config(
        api, host, port, log_config=None, access_log=False, server_header=False, proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=PATIENCE_SECONDS,
    )  # fmt: skip
    _Server(config, api.state.arrivals).run()


def _allow_many_connections() -> None:
    """As many open files as the system lets this process have: a shell often allows 1,024, and each reader is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
