"""Listen and answer until asked to end: requests under way are answered first.

The server waits for them for 30 seconds. Then it answers 503 to each that is left, such as one whose client has not
sent all of its body.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI
from starlette.datastructures import State
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.processes.signals import not_ignored

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS = 30

log = structlog.get_logger(__name__)


class _Server(uvicorn.Server):
    """Ends at a signal and is done: the library's own raises the signal again afterwards, as if nobody had heard it.

    Who waits for an event is sent away first.
    """

    def __init__(self, config: uvicorn.Config, state: State) -> None:
        super().__init__(config)
        self._state = state

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._state.arrivals.end()
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
        self._state.is_ending = True
        super().handle_exit(sig, frame)


def listen(api: FastAPI, host: str, port: int, proxies: Sequence[str] = ()) -> None:
    """Serve an application on an address of this machine.

    Only of the named proxies it is believed for whom they ask.
    """
    _allow_many_connections()
    # Classes, routes and texts stay: a collection that looked at them would keep all requests waiting.
    gc.collect()
    gc.freeze()
    config = uvicorn.Config(
        _answering_when_cut(api), host, port, log_config=None, access_log=False, server_header=False,
        proxy_headers=bool(proxies), forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=PATIENCE_SECONDS,
    )  # fmt: skip
    _Server(config, api.state).run()


def _answering_when_cut(app: ASGIApp) -> ASGIApp:
    """The application, whose requests that are cut off at the end are answered, and are no fault of the program."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def send_on(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await app(scope, receive, send_on)
        except asyncio.CancelledError:
            log.warning("request cut off", method=scope.get("method"), path=scope.get("path"))
            if scope["type"] == "http" and not has_begun:
                headers = [(b"connection", b"close"), (b"content-length", b"0"), (b"retry-after", b"5")]
                await send(
                    {"type": "http.response.start", "status": HTTPStatus.SERVICE_UNAVAILABLE, "headers": headers}
                )
                await send({"type": "http.response.body"})

    return answer


def _allow_many_connections() -> None:
    """As many open files as the system lets this process have: a shell often allows 1,024, and each reader is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
