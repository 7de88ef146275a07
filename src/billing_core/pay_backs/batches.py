"""Batches of pay-backs: which may be drawn up, frozen, sent, closed or cancelled, and to which bank account money goes.

Decides for one batch, not for which accounts one is drawn up. Nothing leaves an account before the batch is frozen, and
then everything does at once; so the file holds what the accounts show, and no credit is paid back twice.

    1 June   drawn up    A1 12.00, A2 5.00; A3 is left out, as no bank account is known
    2 June   A2 spent its credit on an invoice
             frozen      A1 12.00; A2 is taken off
             sent
    5 June   the bank returns A1: it has 12.00 again
             closed
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Literal, NamedTuple

import msgspec
from stdnum import iban as ibans

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total
from billing_core.parties.czech_accounts import compact, domestic_account
from billing_core.parties.details import require_text
from billing_core.pay_backs.events import (
    PayBackBatchCancelled,
    PayBackBatchClosed,
    PayBackBatchDrawnUp,
    PayBackBatchFrozen,
    PayBackBatchSent,
    PayBackLeftOut,
    PayBackListed,
    PayBackReturned,
    PayBackTakenOff,
    batch_name,
)

MOST_ACCOUNTS = 1_000
CROWNS = "CZK"
State = Literal["drawn up", "frozen", "sent", "closed", "cancelled"]

# --- to which bank account


class Payee(NamedTuple):
    """The bank account to which money goes back; or why none is known."""

    iban: str = ""
    reason: str = ""


def payee_account(paid_from: Collection[str], registered: str | None, currency: str) -> Payee:
    """The bank account from which all of the money came, else the one that the customer registered.

    paid from A twice: A    from A and from B, or in cash: the registered one    none of them: left out, with the reason

    Crowns go to Czech accounts alone, as the Czech order has no other ones; `19-2000145399/0800` is one.
    """
    known = {_iban(each, currency) for each in paid_from}
    if len(known) == 1 and "" not in known:
        return Payee(known.pop())
    if registered and (usable := _iban(registered, currency)):
        return Payee(usable)
    if registered:
        return Payee(reason=f"the registered bank account takes no {currency} by an order")
    if len(known - {""}) > 1:
        return Payee(reason="came from several bank accounts, and the customer has registered none")
    return Payee(reason="no bank account of the customer is known")


def _iban(written: str, currency: str) -> str:
    """A bank account as IBAN; empty if it is none to which the currency can be paid."""
    account = compact(written)
    if currency == CROWNS and (domestic := domestic_account(account)):
        account = f"CZ{ibans.calc_check_digits(f'CZ00{domestic.basic}')}{domestic.basic}"
    if not ibans.is_valid(account) or (currency == CROWNS and not account.startswith("CZ")):
        return ""
    return account


# --- state


class PayBackBatch(msgspec.Struct):
    """A batch: its state, what it pays back by account in the order of the list, and what came back."""

    seller: str
    number: int
    currency: str
    state: State = "drawn up"
    listed: dict[str, PayBackListed] = {}
    pay_on: date | None = None
    frozen_on: date | None = None
    returned: dict[str, PayBackReturned] = {}

    @property
    def name(self) -> str:
        return batch_name(self.seller, self.number)

    @property
    def amount(self) -> Money:
        return total((each.amount for each in self.listed.values()), self.currency)


def apply_batch(batch: PayBackBatch | None, fact: Event) -> PayBackBatch | None:
    """Fold one event of a batch's stream."""
    if isinstance(fact, PayBackBatchDrawnUp):
        return PayBackBatch(fact.seller, fact.number, fact.currency)
    if batch is not None:
        _apply(batch, fact)
    return batch


def _apply(batch: PayBackBatch, fact: Event) -> None:
    match fact:
        case PayBackListed(account=account):
            batch.listed[account] = fact
        case PayBackTakenOff(account=account):
            del batch.listed[account]
        case PayBackBatchFrozen():
            batch.state, batch.pay_on, batch.frozen_on = "frozen", fact.pay_on, fact.effective_on
        case PayBackBatchSent():
            batch.state = "sent"
        case PayBackReturned(account=account):
            batch.returned[account] = fact
        case PayBackBatchClosed():
            batch.state = "closed"
        case PayBackBatchCancelled():
            batch.state = "cancelled"


# --- decisions


def draw_up(head: PayBackBatchDrawnUp, rows: Sequence[PayBackListed | PayBackLeftOut]) -> list[Event]:
    """A new batch with what it lists and leaves out; one that lists nothing is not drawn up."""
    if len(rows) > MOST_ACCOUNTS:
        raise InvalidValue(f"must be {MOST_ACCOUNTS} at most; draw up a second batch", field="number of accounts",
                           value=len(rows))  # fmt: skip
    if not any(isinstance(row, PayBackListed) for row in rows):
        reasons = "; ".join(f"{row.account} {row.reason}" for row in rows[:10] if isinstance(row, PayBackLeftOut))
        raise RuleViolation(f"has nothing to pay back: {reasons or 'no account is named'}", field="seller",
                            value=head.seller)  # fmt: skip
    return [head, *rows]


def take_off(batch: PayBackBatch, account: str, reason: str, on: date) -> list[Event]:
    """Take an account off a batch that is not frozen yet."""
    _require(batch, "drawn up")
    require_text(reason, "reason")
    _listed(batch, account)
    return [PayBackTakenOff(effective_on=on, account=account, reason=reason)]


def freeze(batch: PayBackBatch, short: Sequence[str], pay_on: date, on: date) -> list[Event]:
    """Freeze a batch without the accounts that have less credit than is listed."""
    _require(batch, "drawn up")
    if pay_on < on:
        raise InvalidValue(f"is before today, {on}", field="pay on", value=pay_on)
    paid = [each.amount for account, each in batch.listed.items() if account not in short]
    if not paid:
        raise RuleViolation("lists no account any more that has its credit; cancel it", field="batch", value=batch.name)
    gone = [
        PayBackTakenOff(effective_on=on, account=account, reason="has less unused credit than was listed")
        for account in short
    ]
    amount = total(paid, batch.currency)
    return [*gone, PayBackBatchFrozen(effective_on=on, pay_on=pay_on, amount=amount, accounts=len(paid))]


def send(batch: PayBackBatch, on: date) -> list[Event]:
    """The frozen file was given to the bank."""
    _require(batch, "frozen")
    return [PayBackBatchSent(effective_on=on)]


def return_one(batch: PayBackBatch, account: str, reason: str, on: date) -> list[Event]:
    """The bank refused or returned the transfer of an account; also of a batch that is closed, as banks may be late."""
    _require(batch, "sent", "closed")
    require_text(reason, "reason")
    listed = _listed(batch, account)
    if account in batch.returned:
        raise RuleViolation(f"was returned on {batch.returned[account].effective_on} already", field="account",
                            value=account)  # fmt: skip
    return [PayBackReturned(effective_on=on, account=account, amount=listed.amount, reason=reason)]


def close(batch: PayBackBatch, on: date) -> list[Event]:
    """The bank carried out a batch that was sent."""
    _require(batch, "sent")
    return [PayBackBatchClosed(effective_on=on)]


def cancel(batch: PayBackBatch, reason: str, on: date) -> list[Event]:
    """Cancel a batch that was not sent."""
    _require(batch, "drawn up", "frozen")
    require_text(reason, "reason")
    return [PayBackBatchCancelled(effective_on=on, reason=reason)]


def found_batch(batch: PayBackBatch | None, name: str) -> PayBackBatch:
    """The batch of a name, or `NotFound`."""
    if batch is None:
        raise NotFound("no such batch of pay-backs; `billing pay-backs` lists them", field="batch", value=name)
    return batch


def _require(batch: PayBackBatch, *states: State) -> None:
    if batch.state not in states:
        raise RuleViolation(f"is {batch.state}; it must be {' or '.join(states)} for this", field="batch",
                            value=batch.name)  # fmt: skip


def _listed(batch: PayBackBatch, account: str) -> PayBackListed:
    if account not in batch.listed:
        raise NotFound("is not on the batch", field="account", value=account)
    return batch.listed[account]
