"""Book what an agency collected on an item: a payment of the customer, and the fee of the agency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.dunning.collection import AgencyFeeNoted, agency_fee, correct_fee, payment_source
from billing_core.kernel.events import Event
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

    The payment settles that invoice first. The `fee` of the agency, at most the amount, is recorded and not taken from
    the customer. The same payment again changes nothing; with another fee it corrects the fee.
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
    stream = account_stream(account.number)
    (claim,) = payment.claims(stream)
    noted = AgencyFeeNoted(effective_on=payment.effective_on, agency=command.agency, payment=payment.payment,
                           invoice=command.invoice, fee=fee)  # fmt: skip
    collected = account.dunning.debts.collected
    if is_known(claim, transaction.holder(claim)):
        known = _fee_of(payment.payment, stream, transaction)
        fees = (
            agency_fee(collected, noted, payment.amount) if known is None else correct_fee(known, noted, payment.amount)
        )
        append = Append(stream, version, fees)
        return Decision((append,) if fees else (), {"payment": payment.payment, "known": not fees})
    fees = agency_fee(collected, noted, payment.amount)
    append = booked(account, version, payment, command.invoice, transaction, origin)
    append = Append(append.stream, append.expected_version, [*append.events, *fees])
    return Decision((append,), {"payment": payment.payment, "known": False})


def _fee_of(payment: str, stream: str, transaction: Transaction) -> AgencyFeeNoted | None:
    """The fee as it was noted last for a payment of an account."""

    def newest(state: AgencyFeeNoted | None, fact: Event) -> AgencyFeeNoted | None:
        return fact if isinstance(fact, AgencyFeeNoted) and fact.payment == payment else state

    return transaction.load(stream, newest)[0]


HANDLERS: Handlers = {BookAgencyPayment: handle_book_agency_payment}
