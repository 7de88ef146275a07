"""Serve the pages and the HTTP API, and do what happens by itself meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from adapters.cli.session import require_right_clock, settings_of
from adapters.cli.show import say

if TYPE_CHECKING:
    from adapters.bootstrap.settings import Settings
    from adapters.bootstrap.worker import WorkerPart

Part = Literal["api", "worker", "read-models", "timed-work", "subscriptions", "diameter", "kafka"]


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")] = 8000,
    proxy: Annotated[
        list[str] | None,
        typer.Option("--proxy", metavar="ADDRESS", help="A proxy before it, which names the address it asks for."),
    ] = None,
    processes: Annotated[
        int,
        typer.Option("--processes", min=1, max=64, help="How many processes answer on the port; at best one a core."),
    ] = 1,
    only: Annotated[
        Part | None,
        typer.Option("--only", help="Only this part."),
    ] = None,
) -> None:
    """Serve the pages and the HTTP API, and do what happens by itself.

    The API is described at /docs and /v1/openapi.json. Sign in with an operator's password or an API key, which
    `billing staff password` and `billing staff key` make. Everything that `billing worker` does is done here too;
    several servers and workers may run on one database. The log is written to standard error, a JSON object per line.
    --only worker leaves the API out. Of its work, read-models are kept up to date, timed-work are wake-ups, nightly
    work and jobs, subscriptions are reactions, followers, webhooks and what other systems send, with Kafka's.
    --processes 4 answers by four processes, for more requests than one core can answer; the first one does the rest.
    If BILLING_DIAMETER_IDENTITY names this node, it takes in accounting by Diameter Rf, too.
    Ctrl-C or SIGTERM ends it: requests under way are answered first.
    """
    from adapters.bootstrap.accounting import AccountingDesk
    from adapters.bootstrap.application import Application
    from adapters.bootstrap.diameter import accounting_by_diameter
    from adapters.bootstrap.seller_clock import SellerClock
    from adapters.bootstrap.settings import open_database
    from adapters.cli.serving import Site, answered_by_more, listener_of, site_of
    from adapters.http.listening import listen
    from adapters.http.logs import log_as_json
    from adapters.processes.signals import wait_for_signal

    settings = settings_of(context)
    with open_database(settings) as url:
        app = Application(url, settings)
        try:
            app.runner.position()  # Read models of another version of the program are refused here.
            require_right_clock(context, SellerClock(app.store, app.tables))
            log_as_json()
            if only is not None and only not in ("api", "diameter"):
                _work(url, settings, only)
                return
            desk = AccountingDesk(app.store, app.tables)
            if only == "diameter":
                with accounting_by_diameter(settings, desk):
                    say(f"Diameter: {settings.diameter_identity} listens on {settings.diameter_address}:"
                        f"{settings.diameter_port}. Ctrl-C ends it.")  # fmt: skip
                    wait_for_signal()
                return
            answering = site_of(app, settings, desk)
            listener = listener_of(host, port, is_shared=processes > 1)
            site = Site(url, settings, host, listener.getsockname()[1], proxy or [])
            is_whole = only is None
            # The threads begin when all modules are imported: two that import at once may wait for each other.
            with (
                answered_by_more(site, processes - 1) if processes > 1 else nullcontext(),
                _working(url, settings) if is_whole else nullcontext(),
                accounting_by_diameter(settings, desk) if is_whole and settings.diameter_identity else nullcontext(),
            ):
                say(f"Serving on http://{host}:{site.port}: pages for people there, the API under /v1, described at "
                    "/docs. Ctrl-C ends it.")  # fmt: skip
                listen(answering, listener, site.proxies)
        finally:
            app.close()


def _work(url: str, settings: Settings, only: Part) -> None:
    from adapters.bootstrap.kafka_loops import kafka_worker
    from adapters.bootstrap.worker import worker_of
    from adapters.cli.commands.worker import stop_at_signals

    if only == "kafka":
        worker = kafka_worker(url, settings)
    else:
        worker = worker_of(url, settings=settings, part=None if only == "worker" else cast("WorkerPart", only))
    stop_at_signals(worker)
    worker.run()


@contextmanager
def _working(url: str, settings: Settings) -> Iterator[None]:
    """A worker in threads of this process, asked to end when the server has ended."""
    from adapters.bootstrap.worker import worker_of

    worker = worker_of(url, settings=settings)
    thread = Thread(target=worker.run, name="worker")
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join()


COMMANDS = {"serve": serve}
