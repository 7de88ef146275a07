"""What an event says, in a sentence for people: for the audit log and the timeline of a subscription."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from adapters.cli.plan_texts import told_plan
from adapters.cli.show import money
from billing_core.accounts import AccountOpened, BillingPlanChanged
from billing_core.billing.charges import Charge, ChargeReversed, ChargesPosted
from billing_core.billing.documents_due import ChargesCarriedOver
from billing_core.billing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.billing.run import BillingParked, BillingRunCompleted
from billing_core.catalogue.components import Component
from billing_core.catalogue.tariffs import TariffPublished
from billing_core.events import Event, topic_of
from billing_core.money import total
from billing_core.parties import (
    Customer,
    CustomerChanged,
    CustomerForgotten,
    CustomerRegistered,
    SellerRegistered,
)
from billing_core.payments import (
    Allocation,
    CreditAllocated,
    CreditReleased,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentReversed,
)
from billing_core.services.events import SubscriptionActivationCorrected, SubscriptionEvent, SubscriptionTermsCorrected
from billing_core.services.subscriptions import change_of, terms_of
from billing_core.services.timeline import Change, Terms


def event_name(fact: Event) -> str:
    """The event's name as in its topic, without the version: `payment-received`."""
    return topic_of(type(fact)).partition("/")[0]


def told(fact: Event) -> str:
    """The main content of an event."""
    match fact:
        case SubscriptionActivationCorrected():
            text = f"subscription {fact.subscription}: was activated on this day, because: {fact.reason}"
        case SubscriptionTermsCorrected():
            text = f"subscription {fact.subscription}: {told_terms(terms_of(fact))}, because: {fact.reason}"
        case SubscriptionEvent():
            text = f"subscription {fact.subscription}: {told_change(change_of(fact))}"
        case CustomerRegistered(customer=customer) | CustomerChanged(customer=customer):
            text = _told_customer(customer)
        case CustomerForgotten():
            text = _told_forgotten(fact)
        case SellerRegistered(seller=seller):
            text = ", ".join([seller.name, *seller.address.lines()])
        case TariffPublished(tariff=tariff):
            included = ", prices with VAT" if tariff.prices_include_vat else ""
            text = f"{tariff.name}: {'; '.join(_told_component(item, tariff.currency) for item in tariff.components)}"
            text += included
        case AccountOpened() | BillingPlanChanged():
            text = _told_account(fact)
        case PaymentMovedAway():
            text = f"{fact.payment} of {money(fact.amount)} to account {fact.to_account}, because: {fact.reason}"
        case PaymentMovedIn():
            text = f"{fact.payment} of {money(fact.amount)} from account {fact.from_account}, because: {fact.reason}"
        case PaymentReceived() | CreditAllocated() | CreditReleased() | PaymentReversed():
            text = _told_payment(fact)
        case _:
            text = _told_billing(fact)
    return text


def _told_account(fact: AccountOpened | BillingPlanChanged) -> str:
    if isinstance(fact, BillingPlanChanged):
        return told_plan(fact.plan)
    text = f"for customer {fact.customer} in {fact.currency}, billed by {fact.seller} on day "
    return f"{text}{fact.plan.billing_day}, {told_plan(fact.plan)}"


def _told_billing(fact: Event) -> str:
    text = ""
    match fact:
        case ChargesPosted(charges=charges, reached=reached):
            until = ", ".join(f"{code} until {entry.charged_until}" for code, entry in reached.items())
            text = f"{until}: {_told_charges(charges)}"
        case ChargeReversed(reversal=reversal, reason=reason):
            text = f"{reversal.corrects}: {money(reversal.amount)}, because: {reason}"
        case InvoiceIssued():
            text = f"{fact.number} of {money(fact.gross)}, due {fact.due_on}"
        case CreditNoteIssued():
            text = f"{fact.number} of {money(fact.gross)}, corrects {fact.corrects}"
        case ChargesCarriedOver(until=until):
            text = f"too little for an invoice, waits until {until}" if until else "sums to zero, waits for more"
        case BillingParked(code=code, reason=reason):
            text = f"could not be billed, {code}: {reason}"
        case BillingRunCompleted():
            text = f"until {fact.until}: {fact.bills:,} bills, {fact.invoices:,} invoices, "
            text += f"{fact.credit_notes:,} credit notes, {fact.parked:,} parked"
    return text


def _told_payment(fact: PaymentReceived | CreditAllocated | CreditReleased | PaymentReversed) -> str:
    match fact:
        case PaymentReceived():
            reference = f", reference {fact.payment_reference}" if fact.payment_reference else ""
            payer = f", from {fact.payer}" if fact.payer else ""
            return f"{fact.payment} of {money(fact.amount)}{reference}{payer}"
        case CreditAllocated(allocations=allocations):
            return f"settled: {_told_allocations(allocations)}"
        case CreditReleased(allocations=allocations):
            return f"open again: {_told_allocations(allocations)}"
        case PaymentReversed():
            return f"{fact.payment} of {money(fact.amount)}, because: {fact.reason}"


def told_change(change: Change) -> str:  # noqa: PLR0911, PLR0912  (one branch for each kind of change)
    """One entry of a subscription's timeline."""
    match change.kind:
        case "activate":
            return f"activated on tariff {change.tariff}{_told_agreed(change.agreed_prices)}"
        case "change-tariff":
            return f"moved to tariff {change.tariff}{_told_agreed(change.agreed_prices)}"
        case "change-quantity":
            return f"quantity {change.quantity:f}"
        case "change-price":
            return f"other prices{_told_agreed(change.agreed_prices)}"
        case "add-option":
            return f"option {change.name} added"
        case "drop-option":
            return f"option {change.name} dropped"
        case "grant-discount":
            return f"discount {', '.join(discount.code for discount in change.discounts)} granted"
        case "end-discount":
            return f"discount {change.name} ended"
        case "hold":
            return "on hold at the customer's wish"
        case "suspend":
            percent = "" if change.charge_percent is None else f", {change.charge_percent:f} % of the fees go on"
            return f"suspended for {change.reason}{percent}"
        case "resume":
            return "resumed"
        case "terminate":
            return "terminated"
        case "move-in":
            return f"moved here on tariff {change.tariff}{_told_agreed(change.agreed_prices)}"
        case "move-away":
            return f"moved to account {change.name}"


def told_terms(terms: Terms) -> str:
    """Terms that were corrected, and over which days."""
    rates = "".join(f", {rate:f}% VAT on {component}" for component, rate in terms.vat_rates.items())
    tariff = f", tariff {terms.tariff}" if terms.tariff else ""
    end = f"up to {terms.to_on}, exclusive" if terms.to_on else "until further notice"
    return f"corrected from {terms.from_on} {end}{tariff}{_told_agreed(terms.agreed_prices)}{rates}"


def _told_agreed(prices: Mapping[str, Decimal] | Mapping[str, Decimal | None]) -> str:
    return "".join(
        f", {component} by the price list" if price is None else f", {component} agreed at {price:f}"
        for component, price in prices.items()
    )


def _told_customer(customer: Customer) -> str:
    ids = (f"{label} {value}" for label, value in customer.legal_ids.items())
    contacts = (contact for contact in (customer.email, customer.phone) if contact)
    return ", ".join([customer.kind, customer.name, *customer.address.lines(), *ids, *contacts])


def _told_forgotten(fact: CustomerForgotten) -> str:
    kept = ", ".join(f"{document.number} until {document.until}" for document in fact.kept)
    return f"by order of {fact.ordered_by}, because: {fact.reason}; documents kept: {kept or 'none'}"


def _told_component(component: Component, currency: str) -> str:
    prices = " then ".join(f"{price.amount:f} {currency} from {price.valid_from}" for price in component.prices)
    return f"{component.name} {prices}, {component.vat_rate:f}% VAT"


def _told_charges(charges: tuple[Charge, ...]) -> str:
    if not charges:
        return "nothing to charge"
    whole = money(total((charge.amount for charge in charges), charges[0].amount.currency))
    parts = ", ".join(f"{charge.component} {money(charge.amount)}" for charge in charges)
    return parts if len(charges) == 1 else f"{whole} ({parts})"


def _told_allocations(allocations: Iterable[Allocation]) -> str:
    return ", ".join(f"invoice {part.invoice} by {money(part.amount)} of {part.credit}" for part in allocations)
