"""Kiosks and wallets: connections, secrets, transactions by day, refusals, registers, and a simulator of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AfterNumber, AsJson, File, parse_day
from adapters.cli.session import answer_to, opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, say, table, tell
from adapters.texts.amounts import counted

PURPOSE = """List the connections of kiosks and wallets, which report payments by their own protocols.

`billing do connect-kiosk` adds one, `billing do change-kiosk`, `billing do change-kiosk-secret` and `billing do
switch-kiosk` change it. `billing serve` takes their messages at `/kiosk/NAME`.
"""
Name = Annotated[str, typer.Argument(metavar="KIOSK")]
OnDay = Annotated[
    date | None, typer.Option("--on", metavar="DATE", parser=parse_day, help="Of this day; of every day without it.")
]
Protocols = Literal["osmp", "epay", "idram", "telcell", "signed-json"]


def list_kiosks(context: typer.Context, as_json: AsJson = False) -> None:
    """List the connections of kiosks and wallets."""
    from adapters.texts.kiosks import terms_text
    from adapters.views.kiosks.connections import ListKiosks

    if context.invoked_subcommand is not None:
        return
    found = answer_to(context, ListKiosks(limit=1_000)).items
    if as_json:
        print_json({"kiosks": found})
        return
    if not found:
        tell("No kiosk and no wallet is connected.")
        return
    rows = table(("kiosk", "left"), ("state", "left"), ("path", "left"), ("terms", "left"))
    for each in found:
        add(rows, each.kiosk, "on" if each.is_on else "off", each.path, terms_text(each.terms))
    console().print(rows)


def take_secret(context: typer.Context, kiosk: Name) -> None:
    """Show the secret or password of a connection, once, if it was made here.

    `billing do change-kiosk-secret` makes another one, or keeps the one that the other side gave.
    """
    from adapters.postgres.kiosk_secrets import PostgresKioskSecrets

    origin = origin_of(context)
    with opened(context) as app:
        tell(PostgresKioskSecrets(app.tables).take(kiosk, origin.actor, origin.recorded_at))


def list_days(context: typer.Context, kiosk: Name, as_json: AsJson = False) -> None:
    """List how many transactions of a connection ended in which state on each day of the last month, and their sums."""
    from adapters.views.kiosks.days import ListKioskDays

    found = answer_to(context, ListKioskDays(kiosk=kiosk)).items
    if as_json:
        print_json({"days": found})
        return
    rows = table(("day", "left"), ("state", "left"), ("transactions", "right"), ("sum", "right"))
    for row in found:
        add(rows, row.paid_on, row.state, row.transactions, row.amount)
    console().print(rows)


def list_transactions(
    context: typer.Context,
    kiosk: Name,
    on: OnDay = None,
    state: Annotated[
        str, typer.Option("--state", metavar="STATE", help="Only taken, waiting, refused or cancelled ones.")
    ] = "",
    after: AfterNumber = "",
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="Show at most this many.")] = 50,
) -> None:
    """List the transactions of a connection, with what each was answered."""
    from adapters.views.kiosks.days import ListKioskTransactions

    found = answer_to(context, ListKioskTransactions(kiosk=kiosk, on=on, state=state, after=after, limit=limit))
    if as_json:
        print_json({"transactions": found.items, "next": found.next})
        return
    rows = table(("transaction", "left"), ("day", "left"), ("state", "left"), ("account", "left"), ("amount", "right"),
                 ("our number", "left"), ("reason", "left"))  # fmt: skip
    for row in found.items:
        add(rows, row.transaction, row.paid_on, row.state, row.account or row.typed, row.amount, row.number, row.reason)
    console().print(rows)
    if found.next is not None:
        tell(f"There are more: use --after {found.next}.")


def list_refusals(
    context: typer.Context, kiosk: Name, after: AfterNumber = "", as_json: AsJson = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="Show at most this many.")] = 50,
) -> None:  # fmt: skip
    """List the messages of a connection that were refused, and why, the newest first."""
    from adapters.views.kiosks.connections import ListKioskRefusals

    found = answer_to(context, ListKioskRefusals(kiosk=kiosk, after=after, limit=limit))
    if as_json:
        print_json({"refusals": found.items, "next": found.next})
        return
    rows = table(("refused", "left"), ("transaction", "left"), ("step", "left"), ("verdict", "left"),
                 ("reason", "left"), ("from", "left"), ("left out before", "right"))  # fmt: skip
    for row in found.items:
        add(rows, f"{row.refused_at:%Y-%m-%d %H:%M:%S}", row.transaction, row.step, row.verdict, row.reason,
            row.sent_from, row.left_out)  # fmt: skip
    console().print(rows)
    if found.next is not None:
        tell(f"There are more: use --after {found.next}.")


def compare_register(
    context: typer.Context,
    kiosk: Name,
    file: File,
    on: Annotated[date, typer.Option("--on", metavar="DATE", parser=parse_day, help="The day of the register.")],
    transaction: Annotated[
        str, typer.Option("--transaction", metavar="COLUMN", help="The column with their ids.")
    ] = "transaction",
    amount: Annotated[str, typer.Option("--amount", metavar="COLUMN", help="The column with amounts.")] = "amount",
    delimiter: Annotated[str, typer.Option("--delimiter", metavar="CHARACTER", help="What parts columns.")] = ",",
    as_json: AsJson = False,
) -> None:
    """Compare the daily register of a kiosk's operator, a CSV file, with ours, and list what differs."""
    from adapters.jobs.kiosks import CompareRegisterFile
    from adapters.jobs.kiosks import compare_register as compare
    from adapters.views.kiosks.days import ListKioskDifferences

    asked = CompareRegisterFile(kiosk=kiosk, on=on, transaction=transaction, amount=amount, delimiter=delimiter)
    with opened(context) as app:
        report = compare(asked, work_of(app, origin_of(context), file))
        app.runner.catch_up()
    found = [] if report.rejected else answer_to(context, ListKioskDifferences(kiosk=kiosk, on=on, limit=1_000)).items
    if as_json:
        print_json({"report": report, "differences": found})
    elif report.rejected:
        for row in report.rejected:
            tell(f"line {row.line}: {row.field} {row.value!r}: {row.reason}")
    else:
        tell(f"{counted(report.lines, 'line')}, {report.agreed:,} agree, {counted(report.differences, 'difference')}")
        for each in found:
            theirs, ours = each.theirs or "nothing", each.ours or "nothing"
            tell(f"{each.transaction}: {each.kind}, theirs {theirs}, ours {ours}")
    if report.rejected:
        raise typer.Exit(1)


def simulate(
    url: Annotated[str, typer.Argument(metavar="URL", help="As http://127.0.0.1:8080/kiosk/NAME.")],
    protocol: Annotated[Protocols, typer.Option("--protocol", help="The protocol of the connection.")],
    payers: Annotated[list[str], typer.Option("--payer", metavar="TEXT", help="What a payer types; may be repeated.")],
    secret: Annotated[
        str, typer.Option("--secret", envvar="BILLING_KIOSK_SECRET", metavar="TEXT", help="The connection's secret.")
    ],
    user: Annotated[str, typer.Option("--user", metavar="TEXT", help="The connection's user.")] = "",
    currency: Annotated[str, typer.Option("--currency", metavar="CODE", help="Of the amounts.")] = "EUR",
    payments: Annotated[int, typer.Option("--payments", min=1, max=10_000, help="How many payments.")] = 10,
    first: Annotated[int, typer.Option("--first", min=1, help="The first of their running numbers.")] = 1,
    faults: Annotated[
        str, typer.Option("--faults", metavar="NAMES", help="How it misbehaves, with commas; none if it is empty.")
    ] = "repeat,reorder,timeout,forge,late",
    seed: Annotated[int, typer.Option("--seed", help="Another one makes other payments and faults.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Play a kiosk or wallet against a server, misbehaving as real ones do, and say what was answered wrongly.

    Faults are repeat, reorder, timeout, forge, late, change and cancel. It sends real payments: use it on a test
    installation.
    """
    from datetime import UTC, datetime

    from adapters.kiosks.http_sender import HttpSender
    from adapters.kiosks.other_side import Side
    from adapters.kiosks.simulator import FAULTS, Simulated, plan
    from adapters.kiosks.simulator import simulate as run

    chosen = [fault for fault in FAULTS if fault in faults.split(",")]
    unknown = {name.strip() for name in faults.split(",") if name.strip()} - set(FAULTS)
    if unknown:
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: faults are {', '.join(FAULTS)}")
    side = Side(protocol, user, secret, currency)
    asked = Simulated(payers, payments, first, chosen, seed)
    course = run(plan(asked, side, datetime.now(UTC)), HttpSender(url).send)
    if as_json:
        print_json(course)
    else:
        tell(f"{counted(course.messages, 'message')} sent, {counted(course.taken, 'payment')} taken, "
             f"{course.unanswered:,} not waited for")  # fmt: skip
        for result, count in sorted(course.results.items()):
            tell(f"answered {result}: {count:,}")
        for each in course.wrong:
            say(each)
    if course.wrong:
        raise typer.Exit(1)


COMMANDS = {
    "kiosk days": list_days,
    "kiosk refusals": list_refusals,
    "kiosk register": compare_register,
    "kiosk secret": take_secret,
    "kiosk simulate": simulate,
    "kiosk transactions": list_transactions,
}
GROUPS = {"kiosk": Group(PURPOSE, listing=list_kiosks)}
