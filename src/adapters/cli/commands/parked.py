"""Accounts that could not be billed: a list, the cause and its correction, and a retry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.commands.audit import tell_changes
from adapters.cli.options import AfterNumber, AsJson, Limit
from adapters.cli.progress import progress
from adapters.cli.run_totals import totals_table
from adapters.cli.session import opened, opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, say, say_more, table, tell, tell_wrapped
from adapters.cli.times import LocalTimes, local_times
from adapters.texts.amounts import counted

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from adapters.views.audit import Change
    from commands.billing.parked import Retried
    from projections.accounts.balances import AccountRow

EVENTS_BEFORE, MOST_EVENTS = 4, 12
# Advice for reasons that do not say what to do.
ADVICE = {
    "charged-twice": "The charges on record contradict each other. Look at them with `billing account show`, waive "
    "the wrong one with `billing do waive-charge`, and find the cause: `billing check` looks for more.",
    "too-many-lines": "The tariff's period is much too short, or a date much too early. Correct the date, or move the "
    "subscription to another tariff, with `billing do` or `billing correct`.",
    "price-missing": "Move the subscription to a tariff that has a price on that day, or agree on a price for it.",
}
IN_WORDS = {"nothing-left": "nothing is left to bill; no longer parked", "not-parked": "is not parked"}


def show_parked(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="[ACCOUNT]", help="Explain only this account.")] = "",
    retry: Annotated[bool, typer.Option("--retry", help="Bill this account again, or all parked ones.")] = False,
    after: AfterNumber = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List, explain or retry accounts that could not be billed.

    A parked account is unchanged; the next run tries it again. With an account number the command shows what happened
    around the day on which it was parked, and the result of a retry now. A retry bills the account up to the day on
    which it was parked. It can be stopped at any moment and started again.
    """
    if retry:
        _retry(context, account, as_json, limit)
    elif account:
        _explain(context, account, as_json)
    else:
        _list(context, after, as_json, limit)


def _list(context: typer.Context, after: str, as_json: bool, limit: int) -> None:
    from projections.accounts.balances import count_parked, parked_accounts
    from projections.platform.runner import LIVE_SCHEMA

    with opened_to_read(context) as app, app.tables.transaction(LIVE_SCHEMA) as cursor:
        shown = parked_accounts(cursor, limit, after)
        more = count_parked(cursor, after) - len(shown)
    if as_json:
        print_json({"accounts": shown, "more": more})
    elif not shown:
        tell("No account is parked: all could be billed.")
    else:
        rows = table(
            ("account", "left"), ("since", "left"), ("subscription", "left"), ("why it could not be billed", "left")
        )
        for row in shown:
            add(rows, row.number, row.parked_on, row.parked_subscription, row.parked)
        console().print(rows)
        say_more(more, f"use --after {shown[-1].number} or --limit")


# --- one account


def _explain(context: typer.Context, account: str, as_json: bool) -> None:
    from billing_core.kernel.errors import NotFound
    from projections.accounts.balances import account_named
    from projections.platform.runner import LIVE_SCHEMA

    with opened_to_read(context) as app:
        with app.tables.transaction(LIVE_SCHEMA) as cursor:
            row = account_named(cursor, account)
        if row is None:
            raise NotFound("no such account; `billing customers` lists them", field="account", value=account)
        now = app.parked_accounts().rehearse(account, origin_of(context))
        around = _events_around(app, account) if row.parked else []
        times = local_times(context, {entry.stream for entry in around})
    if as_json:
        print_json({"account": row, "now": now, "advice": _advice(now), "events": around})
    elif not row.parked:
        tell(f"Account {account} is not parked.")
    else:
        _tell_why(row, now, around, times)


def _events_around(app: Application, account: str) -> list[Change]:
    """The newest event first: what came before it was parked the last time, and since."""
    from adapters.views.audit import change_of
    from billing_core.accounts.parking import BillingParked
    from commands.accounts import account_stream

    events = app.log.of_streams([account_stream(account)], None, None)
    at = next((index for index, entry in enumerate(events) if isinstance(entry.event, BillingParked)), 0)
    shown = events[max(0, at - MOST_EVENTS + EVENTS_BEFORE) : at + 1 + EVENTS_BEFORE]
    return [change_of(entry) for entry in shown]


def _tell_why(row: AccountRow, now: Retried, around: list[Change], times: LocalTimes) -> None:
    which = f", subscription {row.parked_subscription}" if row.parked_subscription else ""
    tell(f"Account {row.number} could not be billed since {row.parked_on}{which}", "bold")
    tell_wrapped(str(row.parked), 2)
    tell(f"\nBilled now, up to and including {now.on}", "bold")
    _tell_outcome(now)
    if advice := _advice(now):
        tell(f"\n{advice}")
    tell("\nEvents around it", "bold")
    tell_changes(around, times)
    if now.outcome == "parked":
        say(f"After you have corrected the cause: billing parked {row.number} --retry")
    else:
        say(f"The cause is corrected; retry with: billing parked {row.number} --retry")


def _tell_outcome(now: Retried) -> None:
    if now.outcome == "billed":
        assert now.totals is not None
        console().print(totals_table(now.totals))
    elif now.outcome == "parked":
        which = f"subscription {now.subscription}, " if now.subscription else ""
        tell(f"  still stopped: {which}{now.code}: {now.reason}")
    else:
        tell(f"  {IN_WORDS[now.outcome]}")


def _advice(now: Retried) -> str | None:
    return ADVICE.get(now.code) if now.outcome == "parked" else None


# --- again


def _retry(context: typer.Context, account: str, as_json: bool, limit: int) -> None:
    with opened(context) as app:
        parked, origin = app.parked_accounts(), origin_of(context)
        found = []
        with progress("Billing parked accounts", "accounts") as advance:
            for entry in [parked.retry(account, origin)] if account else parked.retry_all(origin):
                found.append(entry)
                advance(1)
        app.runner.catch_up()
    if as_json:
        print_json({"accounts": found})
        return
    if not found:
        tell("No account is parked: all could be billed.")
        return
    rows = table(("account", "left"), ("up to", "left"), ("result", "left"))
    for entry in found[:limit]:
        add(rows, entry.account, entry.on, _told(entry))
    console().print(rows)
    say_more(len(found) - limit, "use --limit to see them")
    still = sum(entry.outcome == "parked" for entry in found)
    say(f"{len(found) - still:,} were billed or had nothing left to bill; {still:,} are still parked.")


def _told(entry: Retried) -> str:
    if entry.outcome == "billed":
        assert entry.totals is not None
        totals = entry.totals
        documents = f"{counted(totals.invoices, 'invoice')}, {counted(totals.credit_notes, 'credit note')}"
        return f"billed: {counted(totals.charges, 'charge')}, {documents}"
    if entry.outcome == "parked":
        return f"still parked, {entry.code}: {entry.reason}"
    return IN_WORDS[entry.outcome]
