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
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI
from starlette.datastructures import State
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.processes.signals import not_ignored
from billing_core.kernel.errors import InvalidValue

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS = 30
BACKLOG = 2_048
# As many requests as may wait for the database at once.
THREADS = 40

log = structlog.get_logger(__name__)


class _Server(uvicorn.Server):
    """Ends at a signal and is done: the library's own raises the signal again afterwards, as if nobody had heard it.

    Who waits for an event is sent away first.
    """

    def __init__(self, config: uvicorn.Config, state: State) -> None:
        super().__init__(config)
        self._state = state

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "request"))
        await super().startup(sockets)

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


def bound(host: str, port: int, *, is_shared: bool = False) -> socket.socket:
    """A socket that listens on an address of this machine, on a free port if it is 0; processes may share a port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=is_shared)
    except OSError as error:
        why = str(error.strerror).partition(" (")[0].lower()  # Before its own words for the address.
        raise InvalidValue(f"cannot be listened on: {why}; name another by --host or --port", field="address",
                           value=f"{host}:{port}") from error  # fmt: skip


def listen(api: FastAPI, listener: socket.socket, proxies: Sequence[str] = ()) -> None:
    """Serve an application on a socket that listens.

    Only of the named proxies it is believed for whom they ask.
    """
    _allow_many_connections()
    # Classes, routes and texts stay: a collection that looked at them would keep all requests waiting.
    gc.collect()
    gc.freeze()
    config = uvicorn.Config(
        _answering_when_cut(api), log_config=None, access_log=False, server_header=False, backlog=BACKLOG,
        proxy_headers=bool(proxies), forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=PATIENCE_SECONDS,
    )  # fmt: skip
    _Server(config, api.state).run([listener])


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
