"""Play a scenario in memory and show what each run charges and issues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from adapters.cli.options import AsJson, File
from adapters.cli.show import console, print_json, tell
from adapters.texts.amounts import about_what, money
from adapters.texts.sentences import event_name, sentence

if TYPE_CHECKING:
    from billing_core.charging.charges import Charge
    from billing_core.invoicing.invoices import DocumentEvent
    from commands.simulation import Happened, Outcome, RunOutcome


def simulate(file: File, as_json: AsJson = False) -> None:
    """Play a scenario: price lists, accounts and what happens on them, billed on given days. Nothing is stored.

    No database is needed. The rules are those of the live system: use it for a quote, to explain a bill, or to check a
    price list or a dunning policy before it is published. On an account with a policy it tells day by day which steps
    are taken, what they cost, and when services are suspended and return.
    """
    from adapters.calendars.holiday_calendar import calendar_of
    from adapters.files.scenario import read_scenario
    from commands.simulation import play

    outcomes = play(read_scenario(file), calendar_of)
    if as_json:
        print_json({"runs": [_run_as_json(outcome) for outcome in outcomes]})
    else:
        for outcome in outcomes:
            _show_run(outcome)


# --- for programs


def _run_as_json(outcome: RunOutcome) -> dict[str, Any]:
    return {
        "on": outcome.on,
        "accounts": {code: _account_as_json(account) for code, account in outcome.accounts.items()},
    }


def _account_as_json(outcome: Outcome) -> dict[str, Any]:
    known = {charge.key: charge for charge in outcome.known}
    return {
        "charges": [_charge_as_json(charge, known) for charge in outcome.charges],
        "invoices": [_document_as_json(document, known) for document in outcome.documents],
        "balance": outcome.balance.amount,
        "state": dict(outcome.state),
        "days": [_day_as_json(happened) for happened in outcome.days],
    }


def _day_as_json(happened: Happened) -> dict[str, Any]:
    return {
        "on": happened.on,
        "event": event_name(happened.fact),
        "text": sentence(happened.fact),
        "facts": happened.fact,
    }


def _charge_as_json(charge: Charge, known: Mapping[str, Charge]) -> dict[str, Any]:
    from billing_core.charging.charges import explain

    corrected = known[charge.corrects] if charge.corrects is not None else None
    return {
        "subscription": charge.subscription,
        "component": charge.component,
        "from": charge.from_on,
        "to": charge.to_on,
        "amount": charge.amount.amount,
        "corrects": None if corrected is None else {
            "subscription": corrected.subscription,
            "component": corrected.component,
            "from": corrected.from_on,
            "to": corrected.to_on,
            "amount": corrected.amount.amount,
            "revision": corrected.revision,
        },
        "explanation": explain(charge),
        "kind": charge.kind,
        "tariff": charge.tariff,
        "quantity": charge.quantity,
        "vat_rate": charge.vat_rate,
    }  # fmt: skip


def _document_as_json(document: DocumentEvent, known: Mapping[str, Charge]) -> dict[str, Any]:
    from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
    from commands.simulation import net_and_vat

    net, vat = net_and_vat(document)
    return {
        "kind": "invoice" if isinstance(document, InvoiceIssued) else "credit-note",
        "number": document.number,
        "corrects": document.corrects if isinstance(document, CreditNoteIssued) else None,
        "subject": document.subject,
        "issued_on": document.effective_on,
        "due_on": document.due_on if isinstance(document, InvoiceIssued) else None,
        "net": net.amount,
        "vat": vat.amount,
        "gross": document.gross.amount,
        "lines": [
            {
                "subscription": known[line.charge].subscription,
                "component": known[line.charge].component,
                "from": known[line.charge].from_on,
                "to": known[line.charge].to_on,
                "description": known[line.charge].description,
                "net": line.net.amount,
                "vat_rate": known[line.charge].vat_rate,
            }
            for line in document.lines
        ],
    }


# --- for people

INDENT = 4


def _show_run(outcome: RunOutcome) -> None:
    tell(f"Run on {outcome.on}", style="bold")
    for code, account in outcome.accounts.items():
        state = ", ".join(f"{subscription} {status}" for subscription, status in account.state.items())
        tell(f"  account {code}: balance {money(account.balance)}{f'; {state}' if state else ''}")
        if not account.charges and not account.documents:
            tell(f"{' ' * INDENT}nothing to charge", style="dim")
        _show_charges(account.charges, {charge.key: charge for charge in account.known})
        for document in account.documents:
            _show_document(document)
        _show_days(account.days)
    tell()


def _show_days(days: Sequence[Happened]) -> None:
    """Steps, suspensions, returns and promises, day by day."""
    for happened in days:
        for line in wrap(f"{happened.on}  {sentence(happened.fact)}", console().width - 2 * INDENT):
            tell(f"{' ' * INDENT}{line}")


def _show_charges(charges: Sequence[Charge], known: Mapping[str, Charge]) -> None:
    """Each charge on a line, and below it how it came about."""
    subscription, component, amount = (
        max((len(text) for text in texts), default=0)
        for texts in (
            [charge.subscription for charge in charges],
            [charge.component for charge in charges],
            [money(charge.amount) for charge in charges],
        )
    )
    for charge in charges:
        tell(
            f"{' ' * INDENT}{charge.subscription:<{subscription}}  {charge.component:<{component}}"
            f"  {charge.from_on} to {charge.to_on}  {money(charge.amount):>{amount}}"
        )
        for line in wrap(_why(charge, known), console().width - 2 * INDENT):
            tell(f"{' ' * 2 * INDENT}{line}", style="dim")


def _why(charge: Charge, known: Mapping[str, Charge]) -> str:
    from billing_core.charging.charges import explain

    if charge.corrects is None:
        return explain(charge)
    corrected = known[charge.corrects]
    return f"{explain(charge)}; corrects {money(corrected.amount)} for {corrected.from_on} to {corrected.to_on}"


def _show_document(document: DocumentEvent) -> None:
    from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
    from commands.simulation import net_and_vat

    net, vat = net_and_vat(document)
    what = "invoice" if isinstance(document, InvoiceIssued) else "credit note"
    what = f"{what} {document.number}{about_what(document.subject)}"
    corrected = f" for invoice {document.corrects}" if isinstance(document, CreditNoteIssued) else ""
    due = f", due {document.due_on}" if isinstance(document, InvoiceIssued) else ""
    sum_of = f"{money(net)} + VAT {money(vat)} = " if vat.amount else ""
    tell(f"{' ' * INDENT}{what}{corrected}: {sum_of}{money(document.gross)}{due}")


COMMANDS = {"simulate": simulate}
