"""Set what is a crumb, clear the crumbs of an account, and take back what was kept as other income."""

from __future__ import annotations

from billing_core.accounts.account import Account
from billing_core.kernel.events import Event
from billing_core.payments.crumbs import (
    CrumbLimit,
    KeptCredits,
    Limits,
    apply_kept,
    apply_limits,
    crumb_credit,
    crumb_items,
    keep_credit,
    restore_kept,
    set_limits,
)
from billing_core.payments.events import CreditKeptAsIncome, InvoiceWrittenOff
from commands.accounts import account_stream, load_account
from commands.parties import load_seller
from commands.payments.giving_back import GivenUp, written_off
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction

REASON = "a crumb: under the limit, and old"

# --- commands


class SetCrumbLimits(Command, frozen=True, kw_only=True):
    """Up to which amount, in each currency, an open item or an unused credit of a seller's account is a crumb.

    They replace the limits of before; without any nothing is a crumb.
    """

    seller: str
    limits: tuple[CrumbLimit, ...] = ()


class ClearCrumbs(Command, frozen=True, kw_only=True):
    """Write off the open items of an account that are crumbs, and keep its unused credit if it is one.

    `billing do cancel-write-off` and `billing do restore-kept-credit` take it back.
    """

    account: str


class RestoreKeptCredit(Command, frozen=True, kw_only=True):
    """A credit that was kept as other income is the account's again; it settles what is open."""

    account: str
    credit: str
    reason: str


# --- handlers


def limits_stream(seller: str) -> str:
    return f"crumb-limits/{seller}"


def handle_set_limits(command: SetCrumbLimits, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    stream = limits_stream(command.seller)
    known, version = transaction.load(stream, apply_limits)
    return Decision((Append(stream, version, set_limits(known, command.seller, command.limits, origin.today)),))


def handle_clear(command: ClearCrumbs, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    limits: Limits = transaction.load(limits_stream(account.seller), apply_limits)[0] or ()
    limit = next((each for each in limits if each.currency == account.currency), None)
    events = [] if limit is None else _cleared(account, version, limit, transaction, origin)
    appends = (Append(account_stream(account.number), version, events),) if events else ()
    return Decision(appends, _result(events))


def _cleared(
    account: Account, version: int, limit: CrumbLimit, transaction: Transaction, origin: Origin
) -> list[Event]:
    events: list[Event] = []
    for invoice in crumb_items(account.ledger, limit, origin.today):
        events += written_off(account, version, GivenUp(invoice, None, REASON), transaction, origin.today)
    if not events and crumb_credit(account.ledger, limit, origin.today) is not None:
        events += keep_credit(account.ledger, REASON, origin.today)
    return events


def _result(events: list[Event]) -> dict[str, list[dict[str, str]]]:
    written = [(each.invoice, each.amount) for each in events if isinstance(each, InvoiceWrittenOff)]
    kept = [(part.credit, part.amount) for each in events if isinstance(each, CreditKeptAsIncome)
            for part in each.parts]  # fmt: skip
    return {
        what: [{name: number, "amount": f"{amount.amount:f}", "currency": amount.currency} for number, amount in rows]
        for what, name, rows in (("written_off", "invoice", written), ("kept", "credit", kept))
    }


def handle_restore(command: RestoreKeptCredit, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    kept = transaction.load(account_stream(account.number), _fold_kept)[0] or {}
    events = restore_kept(account.ledger, kept, command.credit, command.reason, origin.today)
    return Decision((Append(account_stream(account.number), version, events),))


def _fold_kept(kept: KeptCredits | None, fact: Event) -> KeptCredits:
    kept = {} if kept is None else kept
    apply_kept(kept, fact)
    return kept


UNKNOWN = Concern("named", (Named("account", ("account",)),), is_worth_unknown=True)
CONCERNS: Concerns = {SetCrumbLimits: HOUSE, ClearCrumbs: UNKNOWN, RestoreKeptCredit: UNKNOWN}
HANDLERS: Handlers = {
    SetCrumbLimits: handle_set_limits,
    ClearCrumbs: handle_clear,
    RestoreKeptCredit: handle_restore,
}
