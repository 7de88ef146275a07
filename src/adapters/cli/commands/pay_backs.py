"""Overpayments, where the money is that came in, crumbs, and batches of pay-backs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AfterNumber, AsJson, AsOfName, Limit
from adapters.cli.refused_accounts import tell_refused_accounts
from adapters.cli.session import answer_to, opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, say, say_more, table, tell
from adapters.texts.amounts import counted, money

PURPOSE = """List the batches by which overpayments are paid back, the newest first.

`billing do freeze-pay-back-batch` pays a batch out on the accounts, `billing pay-backs file` writes its file for the
bank, `billing do send-pay-back-batch`, `return-pay-back` and `close-pay-back-batch` record what becomes of it.
"""
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")]
Seller = Annotated[str, typer.Option("--seller", metavar="SELLER", help="Of this seller alone.")]
Currency = Annotated[str, typer.Option("--currency", metavar="CURRENCY", help="In this currency.")]
Days = Annotated[int, typer.Option("--older-than", metavar="DAYS", min=0, help="Credit older than so many days.")]
AtLeast = Annotated[str, typer.Option("--at-least", metavar="AMOUNT", help="Of at least this amount.")]
Batch = Annotated[str, typer.Argument(metavar="BATCH", help="Its name, as north-7.")]
NewFile = Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, writable=True)]


def list_overpayments(
    context: typer.Context,
    seller: Seller = "",
    currency: Currency = "",
    older_than: Days = 0,
    at_least: AtLeast = "0",
    after: AfterNumber = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List the accounts with unused credit, since when they have it, and the sum per currency.

    `billing pay-backs draw-up` draws up a batch that pays them back.
    """
    from adapters.views.overpayments import ListOverpayments, SumOverpayments
    from billing_core.kernel.money import parse_decimal

    found = answer_to(context, ListOverpayments(
        seller=seller, currency=currency, older_than_days=older_than, at_least=parse_decimal(at_least, "at least"),
        after=after, limit=min(limit, 1_000),
    ))  # fmt: skip
    sums = answer_to(context, SumOverpayments(seller=seller, older_than_days=older_than)).items
    if as_json:
        print_json({"overpayments": found.items, "sums": sums, "next": found.next})
        return
    if not found.items:
        tell("No account has unused credit of this kind.")
        return
    rows = table(("account", "left"), ("customer", "left"), ("since", "left"), ("unused", "right"),
                 ("held back", "right"))  # fmt: skip
    for row in found.items:
        add(rows, row.account, row.customer, row.since, row.unused, row.held_back)
    console().print(rows)
    for each in sums:
        tell(f"{counted(each.accounts, 'account')}: {money(each.unused)}")
    if found.next is not None:
        tell(f"There are more: use --after {found.next}.")


def show_money_in(context: typer.Context, asof: AsOfName = None, as_json: AsJson = False) -> None:
    """Show where the money is that came in, by source and currency.

    What came in is allocated to invoices, unused, waiting as a remittance, gone back, other income, or transferred to
    another account. `billing check` compares both sides.
    """
    from adapters.views.overpayments import ShowMoneyIn
    from projections.money_in import PLACES

    found = answer_to(context, ShowMoneyIn(), asof).items
    if as_json:
        print_json({"money_in": found})
        return
    if not found:
        tell("No money has come in yet.")
        return
    rows = table(("source", "left"), ("currency", "left"), *((place, "right") for place in PLACES))
    for row in found:
        add(rows, row.source, row.currency, *(f"{getattr(row, place):f}" for place in PLACES))
    console().print(rows)


def clear_crumbs(context: typer.Context, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Write off small old open items and keep small old credits, by the limits of each seller.

    `billing do set-crumb-limits` sets the limits; without them nothing is a crumb. `billing do cancel-write-off` and
    `billing do restore-kept-credit` take it back.
    """
    from adapters.jobs.crumbs import ClearAllCrumbs, clear_all_crumbs

    with opened(context) as app:
        run = clear_all_crumbs(ClearAllCrumbs(), work_of(app, origin_of(context), dry_run=dry_run))
    if as_json:
        print_json(run)
        return
    said = "Would be cleared; nothing was written" if dry_run else "Cleared"
    tell(f"{said}: {counted(run.written_off, 'open item')} written off{_sums(run.sums, 'written_off')}, "
         f"{counted(run.kept, 'credit')} kept{_sums(run.sums, 'kept')}.")  # fmt: skip
    tell_refused_accounts(run)


def _sums(sums: dict[str, dict[str, Decimal]], what: str) -> str:
    amounts = ", ".join(f"{amount:f} {currency}" for currency, amount in sorted(sums.get(what, {}).items()))
    return f" ({amounts})" if amounts else ""


def list_batches(context: typer.Context, as_json: AsJson = False) -> None:
    """List the batches, the newest first."""
    from adapters.views.pay_backs import ListPayBackBatches

    if context.invoked_subcommand is not None:
        return
    found = answer_to(context, ListPayBackBatches(limit=1_000))
    if as_json:
        print_json({"batches": found.items, "more": found.next is not None})
        return
    if not found.items:
        tell("No batch of pay-backs was drawn up yet.")
        return
    rows = table(("batch", "left"), ("drawn up", "left"), ("state", "left"), ("accounts", "right"), ("amount", "right"),
                 ("left out", "right"), ("came back", "right"))  # fmt: skip
    for row in found.items:
        add(rows, row.batch, row.drawn_up_on, row.state, row.accounts, row.amount, row.left_out, row.returned)
    console().print(rows)


def draw_up(
    context: typer.Context,
    seller: Annotated[str, typer.Argument(metavar="SELLER")],
    currency: Currency = "EUR",
    older_than: Days = 30,
    at_least: AtLeast = "1",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Draw up a batch that pays the unused credit of a seller's accounts back, of 1,000 accounts at most.

    Money goes back to the bank account from which it came, else to the one that the customer registered. An account
    without one is left out, with the reason. Nothing is paid out before the batch is frozen.
    """
    from adapters.jobs.pay_backs import DrawUpPayBacks, draw_up_pay_backs
    from billing_core.kernel.money import parse_decimal

    asked = DrawUpPayBacks(seller=seller, currency=currency, older_than_days=older_than,
                           at_least=parse_decimal(at_least, "at least"))  # fmt: skip
    with opened(context) as app:
        done = draw_up_pay_backs(asked, work_of(app, origin_of(context), dry_run=dry_run))
    if as_json:
        print_json(done)
        return
    said = "Would be drawn up; nothing was written" if dry_run else f"Drawn up as {done['batch']}"
    tell(f"{said}: {done['amount']} {done['currency']} to {counted(done['accounts'], 'account')}.")
    for account, reason in done["left_out"].items():
        tell(f"  {account} is left out: {reason}")
    if not dry_run:
        say(f"Freeze it with `billing do freeze-pay-back-batch batch={done['batch']}`.")


def show_batch(context: typer.Context, batch: Batch, as_json: AsJson = False, limit: Limit = 50) -> None:
    """Show a batch with its accounts: those listed, left out, taken off and returned, and why."""
    from adapters.views.pay_backs import ShowPayBackBatch

    found = answer_to(context, ShowPayBackBatch(batch=batch))
    if as_json:
        print_json(found)
        return
    row = found.batch
    tell(f"Batch {row.batch}, {row.state}: {money(row.amount)} to {counted(row.accounts, 'account')}")
    rows = table(("account", "left"), ("amount", "right"), ("state", "left"), ("why", "left"))
    for item in found.items[:limit]:
        add(rows, item.account, item.amount, item.state, item.reason)
    console().print(rows)
    say_more(len(found.items) - limit, "use --limit")


def write_file(
    context: typer.Context,
    batch: Batch,
    file: NewFile,
    version: Annotated[
        str, typer.Option("--version", metavar="VERSION", help="Of pain.001, as the bank takes it.")
    ] = "pain.001.001.09",
) -> None:
    """Write the file of a frozen batch for the bank: euros as pain.001, crowns as a Czech payment order.

    The same batch is the same file.
    """
    from adapters.views.pay_backs import WritePayBackFile

    file.write_bytes(answer_to(context, WritePayBackFile(batch=batch, version=version)).content)  # type: ignore[arg-type]
    tell(f"Batch {batch} is written to {file}.")


COMMANDS = {
    "crumbs clear": clear_crumbs,
    "money-in": show_money_in,
    "overpayments": list_overpayments,
    "pay-backs draw-up": draw_up,
    "pay-backs file": write_file,
    "pay-backs show": show_batch,
}
GROUPS = {
    "crumbs": Group("Crumbs: open items and credits too small to be asked for or paid back."),
    "pay-backs": Group(PURPOSE, listing=list_batches),
}
