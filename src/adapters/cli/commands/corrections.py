"""Play a list of corrections, or preview its credits and charges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.failures import REFUSED
from adapters.cli.options import AsJson, File, Limit, Yes
from adapters.cli.session import opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, say, say_more, table, tell, tell_wrapped
from adapters.texts.amounts import money

if TYPE_CHECKING:
    from billing_core.kernel.money import Money
    from commands.corrections.account import Corrected, TouchedDocument
    from commands.corrections.run import CorrectionList, CorrectionReport


def correct(
    context: typer.Context,
    file: File,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the credits and charges, and write nothing.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Correct wrong records, from a file.

    A wrong activation date, tariff, price or VAT rate over a period, a payment on the wrong account: each account is
    corrected with the dates on which it is true, and the difference is credited and charged at once. It can be stopped
    at any moment and played again; each account is corrected once. A correction that a rule refuses is reported, and
    the others continue. A list that corrects many accounts, or credits, charges or moves much, is played only with
    --yes, after its outcome was shown. A period is half-open; without `to` it has no end.

    \b
    reason: mistyped in January
    corrections:
      - {kind: activation, account: A1, subscription: main, on: 2026-03-16}
      - {kind: tariff, account: A1, subscription: main, from: 2026-01-01, tariff: fast}
      - {kind: price, account: A1, subscription: main, from: 2026-01-01,
         to: 2026-03-16, component: fee, price: 19.90}
      - {kind: vat, every_account_on: net, from: 2026-01-01, component: fee, vat: 10}
      - {kind: payment, payment: bank:17, account: A1, to_account: A2}
    """
    from adapters.files.corrections import read_corrections
    from adapters.jobs.corrections import play_corrections
    from billing_core.confirmation import ConfirmationNeeded

    listed = read_corrections(file)
    with opened(context) as app:
        work = work_of(app, origin_of(context), dry_run=dry_run)
        try:
            report, unusual = play_corrections(listed, work, confirmed=yes), None
        except ConfirmationNeeded as error:
            report, unusual = play_corrections(listed, work._replace(is_dry_run=True)), error
            dry_run = True
    if as_json:
        accounts = _in_order(report)
        print_json(
            {
                "dry_run": dry_run,
                "correlation_id": listed.correlation_id,
                "accounts": accounts[:limit],
                "more": max(0, len(accounts) - limit),
                "totals": report.totals(),
                "refused": report.refused,
            }
        )
    else:
        _tell(report, listed, dry_run, limit)
    if unusual:
        raise unusual
    if report.refused:
        raise typer.Exit(REFUSED)


def _tell(report: CorrectionReport, listed: CorrectionList, dry_run: bool, limit: int) -> None:
    tell(f"{'Would be corrected; nothing was written' if dry_run else 'Corrected'}: {listed.reason}", "bold")
    if report.accounts:
        _tell_accounts(report, limit)
    else:
        tell("  no account")
    if report.refused:
        tell("\nRefused and unchanged", "bold")
        for refused in report.refused[:limit]:
            where = " ".join(filter(None, (refused.field, refused.value and repr(refused.value))))
            account = f", account {refused.account}" if refused.account and refused.field != "account" else ""
            tell_wrapped(f"{refused.place}{account}: {f'{where}: ' if where else ''}{refused.reason}", 2, 4)
        say_more(len(report.refused) - limit, "use --limit to see them")
    if not dry_run:
        say(f"See every change with `billing audit --correlation {listed.correlation_id}`")


def _tell_accounts(report: CorrectionReport, limit: int) -> None:
    rows = table(
        ("  account", "left"), ("credited", "right"), ("charged", "right"), ("moved", "right"), ("documents", "left")
    )  # fmt: skip
    accounts = _in_order(report)
    for entry in accounts[:limit]:
        documents = "\n".join(_told_document(document) for document in entry.documents)
        amounts = (_amount(amount) for amount in (entry.credited, entry.charged, entry.moved))
        add(rows, entry.account, *amounts, documents or "none", indent=2)
    for sums in report.totals().values():
        amounts = (_amount(amount) for amount in (sums.credited, sums.charged, sums.moved))
        add(rows, f"total of {sums.accounts:,}", *amounts, "", indent=2, style="bold")
    console().print(rows)
    say_more(len(accounts) - limit, "use --limit to see them")


def _in_order(report: CorrectionReport) -> list[Corrected]:
    return [report.accounts[number] for number in sorted(report.accounts)]


def _amount(amount: Money) -> str:
    return money(amount) if amount.amount else ""


def _told_document(document: TouchedDocument) -> str:
    number = f" {document.number}" if document.number else ""
    amount = money(document.amount)
    match document.what:
        case "credit-note":
            return f"credit note{number} of {amount} for invoice {document.corrects}"
        case "invoice":
            return f"invoice{number} of {amount}"
        case "opened":
            return f"invoice{number} is open again by {amount}"
        case "settled":
            return f"invoice{number} is settled by {amount}"


COMMANDS = {"correct": correct}
