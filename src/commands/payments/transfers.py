"""Transfer unused credit to another account of the same customer or of its family."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from billing_core.accounts.account import Account
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total
from billing_core.payments.events import CreditTransferredAway, transfer_credit
from billing_core.payments.transfers import Chosen, Transfer, transfer_away, transfer_in
from commands.accounts import account_stream, load_account
from commands.confirmation import Confirmable, require_confirmed
from commands.parties import load_customer
from commands.payments.account import served_again
from commands.payments.giving_back import amount_of
from commands.platform.bus import Decision, Handlers
from commands.platform.concerns import Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class TransferCredit(Confirmable, frozen=True, kw_only=True):
    """Transfer unused credit to another account of the same customer or of its family, all of it or `amount`.

    The oldest credit goes first, unless `credit` names one. Both accounts are kept in one currency for one seller. What
    is open on the other account is settled at once. The opposite transfer takes it back. Tax documents on advances of
    it are corrected by the next `billing advances draw-up`.
    """

    from_account: str
    to_account: str
    reason: str
    amount: Decimal | None = None
    credit: str = ""


# --- handlers


def handle_transfer(command: TransferCredit, transaction: Transaction, origin: Origin) -> Decision:
    giver, version = load_account(transaction, command.from_account)
    taker, taker_version = load_account(transaction, command.to_account)
    _require_alike(giver, taker)
    _require_family(transaction, giver.customer, taker.customer)
    name = transfer_credit(giver.number, version + 1)
    chosen = Chosen(amount_of(giver, command.amount), command.credit)
    away = transfer_away(
        giver.ledger, chosen, Transfer(name, taker.number, command.reason, giver.customer), origin.today
    )
    amount = _amount_of(away)
    require_confirmed(command, giver.seller, transaction, origin.today, {"amount": amount})
    into = transfer_in(taker.ledger, amount, Transfer(name, giver.number, command.reason, taker.customer), origin.today)
    for fact in into:
        taker.apply(fact)
    into += served_again(taker, taker_version, into, transaction, origin)
    appends = (
        Append(account_stream(giver.number), version, away),
        Append(account_stream(taker.number), taker_version, into),
    )
    return Decision(appends, {"transfer": name, "amount": f"{amount.amount:f}", "currency": amount.currency})


def _amount_of(away: list[Event]) -> Money:
    (fact,) = away
    assert isinstance(fact, CreditTransferredAway)
    return total((part.amount for part in fact.parts), fact.parts[0].amount.currency)


def _require_alike(giver: Account, taker: Account) -> None:
    if giver.number == taker.number:
        raise RuleViolation("is the account itself; name another one", field="to account", value=taker.number)
    if (giver.currency, giver.seller) != (taker.currency, taker.seller):
        raise RuleViolation(
            f"is kept in {taker.currency} for seller {taker.seller}, account {giver.number} in {giver.currency} for "
            f"{giver.seller}; pay the credit out, and receive it there", field="to account", value=taker.number,
        )  # fmt: skip


def _require_family(transaction: Transaction, giver: str, taker: str) -> None:
    """Both are one customer, or have the same parent at the top."""
    if giver != taker and _top(transaction, giver) != _top(transaction, taker):
        raise RuleViolation(
            f"is of customer {taker}, who is not of the family of {giver}; pay the credit out, or move the payment if "
            "it was booked wrongly", field="to account", value=taker,
        )  # fmt: skip


def _top(transaction: Transaction, customer: str) -> str:
    *_, top = _upwards(transaction, customer)
    return top


def _upwards(transaction: Transaction, customer: str) -> Iterator[str]:
    while customer:
        yield customer
        state, _ = load_customer(transaction, customer)
        customer = state.parent.number if state.parent else ""


CONCERNS: Concerns = {
    TransferCredit: Concern("named", (Named("account", ("from_account",)), Named("account", ("to_account",)))),
}
HANDLERS: Handlers = {TransferCredit: handle_transfer}
