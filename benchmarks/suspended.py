"""A base that is suspended for money: pages of its lists, and how soon services return after a payment.

Payments arrive at a steady pace from four clients. A worker in a process of its own reacts to them and keeps the read
models; a program that makes the network follow asks for the services whose desired state changed. What is measured is
from the commit of a payment until that program has the service as `on`.

`python -m benchmarks.suspended 20000` for fewer accounts.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from adapters.bootstrap.application import Application
from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.worker import worker_of
from adapters.postgres.server import create_database, running_server
from adapters.views.dunning.suspended import ListSuspended
from adapters.views.dunning.suspensions import ListSuspensions
from adapters.views.query import MOST_AT_ONCE, Page, Query, Reading, queries
from adapters.views.suspensions import ListDesiredStates
from benchmarks.dunning_run import prepare
from benchmarks.measurement import drop, note, report
from benchmarks.runs import account_number, tidy
from billing_core.dunning.policies import DaysFromDue, DunningPolicy, DunningStep, Suspend
from billing_core.kernel.money import Money
from commands.payments.account import ReceivePayment
from commands.platform.identity import new_id
from projections.platform.runner import LIVE_SCHEMA
from projections.suspensions.desired_states import DesiredState, desired_states

POLICY = DunningPolicy(
    code="home", name="Households", currency="EUR",
    steps=(DunningStep(code="suspend", when=DaysFromDue(days=8), actions=(Suspend(),)),),
)  # fmt: skip
OVERDUE_ON = date(2026, 1, 23)
DATABASE = "bench_suspended"
PAYMENTS_PER_SECOND, CLIENTS, SECONDS = 100, 4, 20
PAGE, TURNS = 100, 15
ASK_SECONDS, PATIENCE_SECONDS = 0.02, 180
Instants = Mapping[str, float]


def main(server_url: str, accounts: int = 100_000) -> None:
    """Lists of who is to be suspended and who is, a page in the middle; then payments."""
    url = create_database(server_url, DATABASE)
    prepare(url, accounts, POLICY)
    middle = account_number(accounts // 2)
    application = Application(url)
    for name, query, on in (("suspensions", ListSuspensions, OVERDUE_ON), ("suspended", ListSuspended, OVERDUE_ON)):
        if name == "suspended":
            _suspend_all(application, url)
        reading = Reading(application, application.queries, on)
        report(f"{name}_first_page", _milliseconds(query(limit=PAGE), reading), "ms", 100)
        report(f"{name}_page_in_the_middle", _milliseconds(query(limit=PAGE, after=middle), reading), "ms", 100)
    _desired_states(reading)
    application.close()
    waited = _payments(url, accounts)
    report("payment_to_desired_state_p99", waited[len(waited) * 99 // 100] * 1000, "ms", 1_000)
    drop(server_url, DATABASE)


def _desired_states(reading: Reading) -> None:
    """What a network reads that begins anew, a page after the other, and a page in the middle."""
    blocked, pages = 0, list[str]()
    after: str | None = ""
    ask: Callable[..., Page[DesiredState]] = queries()[ListDesiredStates]
    started = time.perf_counter()
    while after is not None:
        page = ask(ListDesiredStates(state="blocked", limit=MOST_AT_ONCE, after=after), reading)
        pages.append(after)
        blocked, after = blocked + len(page.items), page.next
    report("desired_states_exported", blocked / (time.perf_counter() - started), "services/s", 10_000)
    for name, at in (("first_page", pages[0]), ("page_in_the_middle", pages[len(pages) // 2])):
        query = ListDesiredStates(state="blocked", limit=PAGE, after=at)
        report(f"desired_states_{name}", _milliseconds(query, reading), "ms", 100)


def _suspend_all(application: Application, url: str) -> None:
    note("suspending all of them")
    with application.dunning_run(OVERDUE_ON) as run:
        totals = run.run(origin_of_process("benchmark", OVERDUE_ON), lambda accounts: None)
    assert totals.suspended == totals.accounts
    tidy(url)


def _milliseconds(query: Query, reading: Reading) -> float:
    ask: Callable[..., object] = queries()[type(query)]
    turns = []
    for _ in range(TURNS):
        started = time.perf_counter()
        ask(query, reading)
        turns.append(1000 * (time.perf_counter() - started))
    return statistics.median(turns)


# --- payments


def _payments(url: str, accounts: int) -> Sequence[float]:
    """Seconds from the commit of each payment until its service is wanted on, in order; the first second warms up."""
    ended = Event()
    count = min(PAYMENTS_PER_SECOND * SECONDS, accounts - 1)
    application = Application(url)
    automation_of(application).register()  # So that the worker passes over no payment that comes while it starts.
    application.close()
    with _worker(url), ThreadPoolExecutor(CLIENTS + 1) as threads:
        _warm_up(url, account_number(accounts - 1))
        watching = threads.submit(_watch, url, ended, count)
        starts_at = time.perf_counter() + 3
        clients = [threads.submit(_client, url, number, starts_at, count) for number in range(CLIENTS)]
        paid = {account: at for client in clients for account, at in client.result().items()}
        try:
            served = watching.result(timeout=PATIENCE_SECONDS)
        finally:
            ended.set()
    waited = sorted(served[account] - at for account, at in paid.items() if at > starts_at + 1)
    rate = (len(paid) - 1) / (max(paid.values()) - min(paid.values()))
    note(f"returns at {rate:.0f} payments/s: median {1000 * waited[len(waited) // 2]:.0f} ms, "
         f"worst {1000 * waited[-1]:.0f} ms")  # fmt: skip
    return waited


@contextmanager
def _worker(url: str) -> Iterator[None]:
    process = get_context("spawn").Process(target=_work, args=(url,), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _work(url: str) -> None:
    worker_of(url).run()


def _warm_up(url: str, account: str) -> None:
    """A payment that the worker follows once all its threads are open."""
    ended = Event()
    with ThreadPoolExecutor(1) as threads:
        watching = threads.submit(_watch, url, ended, 1)
        try:
            _pay(url, [account], time.perf_counter())
            watching.result(timeout=PATIENCE_SECONDS)
        finally:
            ended.set()


def _client(url: str, number: int, starts_at: float, count: int) -> Instants:
    """Pay at each of its turns; when each payment was committed."""
    accounts = [account_number(turn) for turn in range(number, count, CLIENTS)]
    return _pay(url, accounts, starts_at + number / PAYMENTS_PER_SECOND)


def _pay(url: str, accounts: Sequence[str], starts_at: float) -> Instants:
    """Pay what each of the accounts owes, one after the other at a steady pace."""
    today = date.today()  # noqa: DTZ011 - the worker reacts on the date of the clock.
    application, clerk = Application(url), origin_of_process("benchmark", today)
    with application.queries.cursor() as cursor:
        rows = cursor.execute("SELECT account, open_amount, currency FROM documents WHERE account = ANY(%s)",
                              [list(accounts)]).fetchall()  # fmt: skip
    owed = {account: Money(amount, currency) for account, amount, currency in rows}
    committed = {}
    for turn, account in enumerate(accounts):
        time.sleep(max(0.0, starts_at + turn * CLIENTS / PAYMENTS_PER_SECOND - time.perf_counter()))
        identity = new_id()
        command = ReceivePayment(account=account, source="bench", reference=str(identity), amount=owed[account])
        application.bus.execute(command, clerk._replace(command_id=identity, correlation_id=identity))
        committed[account] = time.perf_counter()
    application.close()
    return committed


def _watch(url: str, ended: Event, count: int) -> Instants:
    """When the program that makes the network follow had each service as on."""
    application, served = Application(url), dict[str, float]()
    today = date.today()  # noqa: DTZ011
    with application.tables.transaction(LIVE_SCHEMA) as cursor:
        (after,) = cursor.execute("SELECT max(position) FROM subscriptions").fetchone() or (0,)
    while len(served) < count and not ended.is_set():
        with application.tables.transaction(LIVE_SCHEMA) as cursor:
            changed = desired_states(cursor, today, after, 1_000, {})
        at = time.perf_counter()
        served |= {each.account: at for each in changed if each.state == "on" and each.account not in served}
        after = max((each.position for each in changed), default=after)
        time.sleep(ASK_SECONDS)
    application.close()
    return served


def _by_itself(arguments: Sequence[str]) -> None:
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as server_url:
        main(server_url, *map(int, arguments))


if __name__ == "__main__":
    _by_itself(sys.argv[1:])
