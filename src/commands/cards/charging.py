"""Ask the gateway for money: by the stored card with what is due, or on a page that the customer opens.

What is asked is recorded first, and then the gateway is asked under the name of the record. So a crash between the two
leaves a record that says what may have been charged, and nothing is charged that no record knows of.
"""

from __future__ import annotations

from decimal import Decimal

from billing_core.accounts.account import Account
from billing_core.cards.on_account import AccountCard, CardChargeBegun, is_busy, items_to_charge
from billing_core.cards.payments import CardPaymentAsked
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.kernel.money import Money, require_amount, total, zero
from commands.accounts import load_account
from commands.cards.streams import card_payment_stream, card_stream, load_card, load_card_payment, load_card_terms
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class ChargeCard(Command, frozen=True, kw_only=True):
    """Have the stored card of an account charged with what is due, if the calendar of tries says so today.

    The answer names the card payment; without anything to charge it is empty and nothing happens. Items that an agency
    collects are left out.
    """

    account: str


class AskCardPayment(Command, frozen=True, kw_only=True):
    """Have a customer pay by card on a page of the gateway: all that the account owes, or `amount`.

    `invoices` are settled first. A page that was opened today for the same amount is opened again.
    """

    account: str
    gateway: str
    amount: Decimal | None = None
    invoices: tuple[str, ...] = ()


# --- handlers


def handle_charge(command: ChargeCard, transaction: Transaction, origin: Origin) -> Decision:
    # The card first: what ends between the two reads is then on the account that is read, or else the version is old.
    known, version = load_card(transaction, command.account)
    account, _ = load_account(transaction, command.account)
    terms = load_card_terms(transaction, account.seller)
    due = {
        invoice: item.due_on for invoice, item in account.ledger.open_items.items()
        if invoice not in account.dunning.debts.collected
    }  # fmt: skip
    items = items_to_charge(known, due, terms, origin.today)
    amount = total((account.ledger.open_items[invoice].amount for invoice in items), account.currency)
    amount = min(amount, owed_by(account))
    if known is None or known.card is None or amount <= zero(account.currency):
        return Decision((), {"card_payment": "", "amount": None})
    asked = CardPaymentAsked(
        effective_on=origin.today, account=account.number, customer=account.customer, gateway=known.card.gateway,
        amount=amount, way="stored", invoices=items, gateway_customer=known.card.gateway_customer,
        payment_method=known.card.payment_method,
    )  # fmt: skip
    return _asked(known, version, asked)


def owed_by(account: Account) -> Money:
    """What the account owes, zero if it has credit."""
    return max(-account.ledger.balance, zero(account.currency))


def handle_ask(command: AskCardPayment, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_card(transaction, command.account)
    account, _ = load_account(transaction, command.account)
    owed = owed_by(account)
    amount = owed if command.amount is None else require_amount(command.amount, account.currency, "amount")
    if amount <= zero(account.currency):
        raise RuleViolation("must be more than zero; the account owes nothing that could be paid", field="amount",
                            value=amount)  # fmt: skip
    for invoice in command.invoices:
        if invoice not in account.ledger.open_items:
            raise NotFound("the account has no open invoice of this number", field="invoice", value=invoice)
    asked = CardPaymentAsked(
        effective_on=origin.today, account=account.number, customer=account.customer, gateway=command.gateway,
        amount=amount, way="page", invoices=command.invoices,
    )  # fmt: skip
    if known is not None and known.pending is not None and is_busy(known, origin.today):
        return _same_page(known.pending, asked, transaction) or _asked(known, version, asked)
    return _asked(known or AccountCard(), version, asked)


def _same_page(pending: CardChargeBegun, asked: CardPaymentAsked, transaction: Transaction) -> Decision | None:
    """The page that is open already; None if it is of another amount, for the customer may choose which one to pay."""
    if pending.way == "stored":
        raise RuleViolation(f"card payment {pending.card_payment} of the stored card is under way; wait for its end",
                            field="account", value=asked.account)  # fmt: skip
    open_one, _ = load_card_payment(transaction, asked.account, pending.card_payment)
    if open_one.asked.amount == asked.amount and open_one.asked.invoices == asked.invoices:
        return Decision((), {"card_payment": pending.card_payment, "amount": asked.amount})
    return None


def _asked(card: AccountCard, version: int, asked: CardPaymentAsked) -> Decision:
    name = f"{asked.account}-{card.payments + 1}"
    begun = CardChargeBegun(effective_on=asked.effective_on, card_payment=name, way=asked.way, invoices=asked.invoices)
    appends = (
        Append(card_stream(asked.account), version, (begun,)),
        Append(card_payment_stream(name), 0, (asked,)),
    )
    return Decision(appends, {"card_payment": name, "amount": asked.amount})


HANDLERS: Handlers = {ChargeCard: handle_charge, AskCardPayment: handle_ask}
