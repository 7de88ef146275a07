"""Book what an agency collected on an item: a payment of the customer, and the fee of the agency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.dunning.collection import agency_fee, payment_source
from billing_core.kernel.money import require_amount
from billing_core.payments.events import PaymentReceived
from billing_core.payments.receiving import require_received
from commands.accounts import account_stream, load_account
from commands.collection.agencies import load_agency
from commands.payments.account import booked, is_known
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class BookAgencyPayment(Command, frozen=True, kw_only=True):
    """Record what an agency collected on an invoice that it has: a payment of source `agency/CODE`, once.

    The payment settles that invoice first. The `fee` of the agency is recorded and not taken from the customer.
    """

    agency: str
    account: str
    invoice: str
    amount: Decimal
    reference: str
    fee: Decimal = Decimal(0)
    received_on: date | None = None


# --- handlers


def handle_book_agency_payment(command: BookAgencyPayment, transaction: Transaction, origin: Origin) -> Decision:
    load_agency(transaction, command.agency)
    account, version = load_account(transaction, command.account)
    payment = PaymentReceived(
        effective_on=require_received(command.received_on or origin.today, origin.today),
        customer=account.customer,
        source=payment_source(command.agency),
        reference=command.reference,
        amount=require_amount(command.amount, account.currency, "amount"),
    )
    fee = require_amount(command.fee, account.currency, "fee")
    (claim,) = payment.claims(account_stream(account.number))
    result = {"payment": payment.payment, "known": is_known(claim, transaction.holder(claim))}
    if result["known"]:
        return Decision((), result)
    collected = account.dunning.debts.collected
    noted = agency_fee(collected, command.agency, payment.payment, command.invoice, fee, payment.effective_on)
    append = booked(account, version, payment, command.invoice, transaction, origin)
    return Decision((Append(append.stream, append.expected_version, [*append.events, *noted]),), result)


HANDLERS: Handlers = {BookAgencyPayment: handle_book_agency_payment}
