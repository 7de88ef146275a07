"""Draw up batches of pay-backs, freeze and send them, and take back what the bank returned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_core.accounts.account import Account
from billing_core.kernel.events import Event
from billing_core.kernel.money import zero
from billing_core.pay_backs.batches import (
    PayBackBatch,
    Payee,
    apply_batch,
    cancel,
    close,
    draw_up,
    found_batch,
    freeze,
    payee_account,
    return_one,
    send,
    take_off,
)
from billing_core.pay_backs.events import (
    BATCH_CLAIM,
    PayBackBatchDrawnUp,
    PayBackLeftOut,
    PayBackListed,
    batch_name,
)
from billing_core.payments.events import CreditPaidOut, CreditPart, PayOutReturned
from billing_core.payments.giving_back import still_given
from billing_core.payments.receiving import settled_again
from commands.accounts import account_stream, load_account
from commands.parties import load_customer, load_seller
from commands.payments.account import load_payment_history
from commands.payments.advances import corrected_after, hold_advances
from commands.payments.giving_back import load_given_back
from commands.platform.area import Area
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class DrawUpPayBackBatch(Command, frozen=True, kw_only=True):
    """Draw up a batch that pays the unused credit of these accounts back: one seller, one currency.

    Money goes back to the bank account from which it came, else to the one that the customer registered, crowns to a
    Czech one; an account without one is left out with the reason. Nothing is paid out before the batch is frozen.
    """

    seller: str
    currency: str
    accounts: tuple[str, ...]


class TakeOffPayBackBatch(Command, frozen=True, kw_only=True):
    """Take an account off a batch that is not frozen yet. `batch` is its name, as `north-7`."""

    batch: str
    account: str
    reason: str


class FreezePayBackBatch(Command, frozen=True, kw_only=True):
    """Pay the listed credits out on all accounts at once; from now on the file of the batch can be saved.

    An account that has less credit than is listed is taken off. The bank is to carry it out on `pay_on`, today unless
    named. Tax documents on the money as an advance are corrected with it.
    """

    batch: str
    pay_on: date | None = None


class SendPayBackBatch(Command, frozen=True, kw_only=True):
    """Record that the file of a frozen batch was given to the bank."""

    batch: str


class ReturnPayBack(Command, frozen=True, kw_only=True):
    """Record that the bank refused or returned the transfer of one account, which has its credit again.

    What `return-pay-out` gave it again already is not given a second time.
    """

    batch: str
    account: str
    reason: str


class ClosePayBackBatch(Command, frozen=True, kw_only=True):
    """Record that the bank carried out a batch."""

    batch: str


class CancelPayBackBatch(Command, frozen=True, kw_only=True):
    """Cancel a batch that was not sent; the accounts have their credit again."""

    batch: str
    reason: str


# --- handlers


def batch_stream(name: str) -> str:
    return f"pay-back-batch/{name}"


def load_batch(transaction: Transaction, name: str) -> tuple[PayBackBatch, int]:
    """The batch of a name and its version, or `NotFound`."""
    batch, version = transaction.load(batch_stream(name), apply_batch)
    return found_batch(batch, name), version


def handle_draw_up(command: DrawUpPayBackBatch, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    number = len(transaction.claims_beginning(BATCH_CLAIM, f"{command.seller}/")) + 1
    head = PayBackBatchDrawnUp(
        effective_on=origin.today, seller=command.seller, number=number, currency=command.currency
    )
    rows = [_row(head, account, transaction) for account in dict.fromkeys(command.accounts)]
    events = draw_up(head, rows)
    name = batch_name(command.seller, number)
    listed = [row for row in rows if isinstance(row, PayBackListed)]
    amount = sum((row.amount for row in listed[1:]), listed[0].amount)
    result = {
        "batch": name, "accounts": len(listed), "amount": f"{amount.amount:f}", "currency": command.currency,
        "left_out": {row.account: row.reason for row in rows if isinstance(row, PayBackLeftOut)},
    }  # fmt: skip
    return Decision((Append(batch_stream(name), 0, events),), result)


def _row(head: PayBackBatchDrawnUp, number: str, transaction: Transaction) -> PayBackListed | PayBackLeftOut:
    account, _ = load_account(transaction, number)
    customer, _ = load_customer(transaction, account.customer)
    parts = tuple(CreditPart(credit, amount) for credit, amount in account.ledger.credits.items())
    amount = sum((part.amount for part in parts), zero(account.currency))
    payee = _payee(head, account, parts, customer.customer.iban, transaction)
    if payee.reason:
        return PayBackLeftOut(effective_on=head.effective_on, account=number, amount=amount, reason=payee.reason)
    return PayBackListed(effective_on=head.effective_on, account=number, customer=account.customer, parts=parts,
                         amount=amount, payee=customer.customer.name, iban=payee.iban)  # fmt: skip


def _payee(
    head: PayBackBatchDrawnUp, account: Account, parts: Sequence[CreditPart], registered: str | None,
    transaction: Transaction,
) -> Payee:  # fmt: skip
    if (account.seller, account.currency) != (head.seller, head.currency):
        return Payee(reason=f"is kept in {account.currency} for seller {account.seller}")
    if not parts:
        return Payee(reason="has no unused credit")
    if account.ledger.open_items:
        return Payee(reason="has open items and credit that is held back")
    history = load_payment_history(transaction, account.number)
    paid_from = [history[part.credit].arrival.payer_account if part.credit in history else "" for part in parts]
    return payee_account(paid_from, registered, account.currency)


def handle_take_off(command: TakeOffPayBackBatch, transaction: Transaction, origin: Origin) -> Decision:
    batch, version = load_batch(transaction, command.batch)
    events = take_off(batch, command.account, command.reason, origin.today)
    return Decision((Append(batch_stream(command.batch), version, events),))


def handle_freeze(command: FreezePayBackBatch, transaction: Transaction, origin: Origin) -> Decision:
    batch, version = load_batch(transaction, command.batch)
    for number in sorted(batch.listed):  # Before a document number is taken, for which a draw-up of one may wait.
        hold_advances(transaction, number)
    paid, corrections, short = list[Append](), list[Append](), list[str]()
    for number, listed in batch.listed.items():
        account, account_version = load_account(transaction, number)
        if any(account.ledger.credits.get(part.credit, zero(batch.currency)) < part.amount for part in listed.parts):
            short.append(number)
            continue
        out = CreditPaidOut(effective_on=origin.today, parts=listed.parts, reason=f"paid back by batch {batch.name}",
                            batch=batch.name)  # fmt: skip
        paid.append(Append(account_stream(number), account_version, [out]))
        corrections += corrected_after(account, [out], out.reason, transaction, origin).appends
    events = freeze(batch, short, command.pay_on or origin.today, origin.today)
    written = (Append(batch_stream(batch.name), version, events), *paid, *corrections)
    return Decision(written, {"paid_out": len(paid), "short": short})


def handle_send(command: SendPayBackBatch, transaction: Transaction, origin: Origin) -> Decision:
    batch, version = load_batch(transaction, command.batch)
    return Decision((Append(batch_stream(batch.name), version, send(batch, origin.today)),))


def handle_return(command: ReturnPayBack, transaction: Transaction, origin: Origin) -> Decision:
    batch, version = load_batch(transaction, command.batch)
    events = return_one(batch, command.account, command.reason, origin.today)
    back = _given_again(batch, command.account, command.reason, transaction, origin)
    return Decision((Append(batch_stream(batch.name), version, events), *back))


def _given_again(
    batch: PayBackBatch, number: str, reason: str, transaction: Transaction, origin: Origin
) -> list[Append]:  # fmt: skip
    """The credit of an account that the batch paid out, without what came back of it otherwise."""
    account, version = load_account(transaction, number)
    parts = still_given(load_given_back(transaction, number), batch.listed[number].parts)
    if not parts:
        return []
    back: list[Event] = [PayOutReturned(effective_on=origin.today, parts=parts, reason=reason, batch=batch.name)]
    return [Append(account_stream(number), version, settled_again(account.ledger, back, origin.today))]


def handle_close(command: ClosePayBackBatch, transaction: Transaction, origin: Origin) -> Decision:
    batch, version = load_batch(transaction, command.batch)
    return Decision((Append(batch_stream(batch.name), version, close(batch, origin.today)),))


def handle_cancel(command: CancelPayBackBatch, transaction: Transaction, origin: Origin) -> Decision:
    batch, version = load_batch(transaction, command.batch)
    events = cancel(batch, command.reason, origin.today)
    paid_out = batch.listed if batch.state == "frozen" else {}
    back = [each for number in paid_out for each in _given_again(batch, number, command.reason, transaction, origin)]
    return Decision((Append(batch_stream(batch.name), version, events), *back))


HANDLERS: Handlers = {
    DrawUpPayBackBatch: handle_draw_up,
    TakeOffPayBackBatch: handle_take_off,
    FreezePayBackBatch: handle_freeze,
    SendPayBackBatch: handle_send,
    ReturnPayBack: handle_return,
    ClosePayBackBatch: handle_close,
    CancelPayBackBatch: handle_cancel,
}
AREA = Area(handlers=HANDLERS, concerns=dict.fromkeys(HANDLERS, HOUSE))
