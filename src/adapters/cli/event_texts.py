"""What an event says, in a sentence for people: for the audit log and the timeline of a subscription."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from adapters.cli.component_texts import told_components, told_share
from adapters.cli.plan_texts import told_plan
from adapters.cli.show import about_what, money
from billing_core.accounts.account import AccountBillingDayChanged, AccountOpened, BillingPlanChanged
from billing_core.accounts.invoice_dates import ChargesDeferred
from billing_core.accounts.parking import BillingParked
from billing_core.billing.repricing import RepricingAdvanced
from billing_core.billing.run import BillingRunCompleted
from billing_core.catalogue.components import Discount
from billing_core.catalogue.products import ProductDefined
from billing_core.catalogue.tariffs import TariffPublished, TariffRevised
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.events import Event, topic_of
from billing_core.kernel.money import total
from billing_core.kernel.personal import ERASED
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
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionChangeCancelled,
    SubscriptionChargeWaived,
    SubscriptionEvent,
    SubscriptionParametersGiven,
    SubscriptionRepriced,
    SubscriptionTermsCorrected,
    UsageBroughtAlong,
    UsedBefore,
)
from billing_core.services.subscriptions import change_of, terms_of
from billing_core.services.terms_in_force import Change, TermsInForce
from billing_core.services.timeline import Segment, Terms
from billing_core.usage import UsageRecorded, UsageWithdrawn


def event_name(fact: Event) -> str:
    """The event's name as in its topic, without the version: `payment-received`."""
    return topic_of(type(fact)).partition("/")[0]


def told(fact: Event) -> str:
    """The main content of an event."""
    match fact:
        case SubscriptionEvent():
            text = f"subscription {fact.subscription}: {_told_service(fact)}"
        case CustomerRegistered(customer=customer) | CustomerChanged(customer=customer):
            text = _told_customer(customer)
        case CustomerForgotten():
            text = _told_forgotten(fact)
        case SellerRegistered(seller=seller):
            text = ", ".join([seller.name, *seller.address.lines()])
        case TariffPublished() | TariffRevised() | ProductDefined():
            text = _told_catalogue(fact)
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


def _told_catalogue(fact: TariffPublished | TariffRevised | ProductDefined) -> str:
    match fact:
        case TariffPublished(tariff=tariff):
            included = ", prices with VAT" if tariff.prices_include_vat else ""
            return f"{tariff.name}: {told_components(tariff.components, tariff.currency)}{included}"
        case TariffRevised(components=components):
            return f"tariff {fact.tariff} from {fact.effective_on} on: {told_components(components)}"
        case ProductDefined(product=product):
            return f"{product.name}, under {product.parent}" if product.parent else product.name


def _told_service(fact: SubscriptionEvent) -> str:
    match fact:
        case SubscriptionActivationCorrected(reason=reason):
            return f"was activated on this day, because: {reason}"
        case SubscriptionChargeWaived(component=component, of=of, to_on=to_on, reason=reason):
            what = f"{component} on {of}" if of else component
            return f"{what} waived until {to_on}, because: {reason}"
        case SubscriptionTermsCorrected(reason=reason):
            return f"{told_terms(terms_of(fact))}, because: {reason}"
        case SubscriptionChangeCancelled(kind=kind, reason=reason):
            return f"{kind} of this day cancelled{f', because: {reason}' if reason else ''}"
        case SubscriptionActivated():
            return f"{told_change(change_of(fact))}{_told_parameters(fact)}"
    return told_change(change_of(fact))


def _told_parameters(fact: SubscriptionActivated | SubscriptionParametersGiven) -> str:
    return "".join(f", {code} {fact.parameters.get(code, ERASED)}" for code in fact.asked)


def _told_billing(fact: Event) -> str:
    text = ""
    match fact:
        case ChargesPosted(charges=charges, billed_through=billed_through):
            until = ", ".join(f"{code} until {entry.charged_until}" for code, entry in billed_through.items())
            text = f"{until}: {_told_charges(charges)}"
        case AccountBillingDayChanged():
            text = f"periods begin on day {fact.billing_day} of the month"
        case UsageRecorded() | UsageWithdrawn() | UsageBroughtAlong():
            text = f"subscription {fact.subscription}: {_told_usage(fact)}"
        case InvoiceIssued():
            text = f"{fact.number}{about_what(fact.subject)} of {money(fact.gross)}, due {fact.due_on}"
        case CreditNoteIssued():
            text = f"{fact.number}{about_what(fact.subject)} of {money(fact.gross)}, corrects {fact.corrects}"
        case ChargesDeferred(until=until):
            text = f"too little for an invoice, waits until {until}" if until else "sums to zero, waits for more"
        case SubscriptionParametersGiven():
            text = f"subscription {fact.subscription}: said{_told_parameters(fact)}"
        case SubscriptionRepriced():
            text = f"subscription {fact.subscription}: tariff {fact.tariff} costs something else from this day on"
        case RepricingAdvanced():
            end = ", complete" if fact.is_complete else ""
            text = f"{fact.accounts:,} accounts up to {fact.until_account} are to be compared{end}"
        case BillingParked(code=code, reason=reason):
            text = f"could not be billed, {code}: {reason}"
        case BillingRunCompleted():
            text = f"until {fact.until}: {fact.bills:,} bills, {fact.invoices:,} invoices, "
            text += f"{fact.credit_notes:,} credit notes, {fact.parked:,} parked"
    return text


def _told_usage(fact: UsageRecorded | UsageWithdrawn | UsageBroughtAlong) -> str:
    match fact:
        case UsageRecorded():
            return f"used {fact.quantity:f} of {fact.component}"
        case UsageWithdrawn():
            return f"usage of {fact.quantity:f} of {fact.component} withdrawn, because: {fact.reason}"
        case UsageBroughtAlong():
            used = ", ".join(map(_told_used_before, fact.used_before))
            return f"used of the period before it moved here: {used or 'nothing'}"


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
    return f"{fact.payment} of {money(fact.amount)}, because: {fact.reason}"


def told_change(change: Change) -> str:  # noqa: PLR0911, PLR0912  (one branch for each kind of change)
    """One entry of a subscription's timeline."""
    match change.kind:
        case "activate":
            return f"activated on tariff {change.tariff}{_told_terms_of(change)}"
        case "change-tariff":
            return f"moved to tariff {change.tariff}{_told_agreed(change.agreed_prices, change.agreed_until)}"
        case "change-quantity":
            return f"quantity {change.quantity:f}"
        case "change-price":
            return f"other prices{_told_agreed(change.agreed_prices, change.agreed_until)}"
        case "add-option":
            return f"option {change.name} added"
        case "drop-option":
            return f"option {change.name} dropped"
        case "grant-discount":
            return "; ".join(
                f"discount {discount.code} {told_share(discount)} granted" for discount in change.discounts
            )
        case "end-discount":
            return f"discount {change.name} ended"
        case "hold":
            return f"on hold at the customer's wish{_told_percent(change.charge_percent)}"
        case "suspend":
            return f"suspended for {change.reason}{_told_percent(change.charge_percent)}"
        case "resume":
            resumed = "resumed" if change.reason is None else f"suspension for {change.reason} ended"
            return resumed if change.anchored_on is None else f"{resumed}, its periods begin anew"
        case "terminate":
            return "terminated"
        case "move-in":
            since = "" if change.anchored_on is None else f", its periods counted from {change.anchored_on}"
            since += "".join(f", committed to {entry.component} since {entry.since}" for entry in change.commitments)
            return f"moved here on tariff {change.tariff}{_told_terms_of(change)}{since}"
        case "move-away":
            return f"moved to account {change.name}"


def told_in_force(in_force: TermsInForce) -> str:
    """What holds on a day: tariff, and what is agreed beside it."""
    text = f"tariff {in_force.tariff}, quantity {in_force.quantity:f}"
    for code, price in in_force.agreed_prices.items():
        text += _told_agreed({code: price}, in_force.agreed_until.get(code))
    return text + _told_beside(in_force.options, in_force.discounts, in_force.customer_class)


def _told_used_before(used: UsedBefore) -> str:
    quantity = sum(used.quantities or (), Decimal(0))
    carried = f" with {sum(used.carried, Decimal(0)):f} carried over" if any(used.carried) else ""
    return f"{quantity:f} of {used.component}{carried}"


def told_pause(segment: Segment) -> str:
    """A hold or suspension, from when to when, and how much of the fees goes on meanwhile."""
    end = f" up to {segment.to_on}, exclusive" if segment.to_on else " until further notice"
    return f"{segment.in_force.status} from {segment.from_on}{end}{_told_percent(segment.in_force.percent)}"


def _told_terms_of(change: Change) -> str:
    quantity = "" if change.quantity == 1 else f", quantity {change.quantity:f}"
    agreed = _told_agreed(change.agreed_prices, change.agreed_until)
    return f"{quantity}{agreed}{_told_beside(change.options, change.discounts, change.customer_class)}"


def _told_beside(options: Iterable[str], discounts: Iterable[Discount], customer_class: str) -> str:
    text = "".join(f", option {option}" for option in options)
    text += "".join(f", discount {discount.code} {told_share(discount)}" for discount in discounts)
    return text + (f", prices for {customer_class}" if customer_class else "")


def _told_percent(percent: Decimal | None) -> str:
    return "" if percent is None else f", {percent:f} % of the fees go on"


def told_terms(terms: Terms) -> str:
    """Terms that were corrected, over which days, and when they were changed again within these."""
    rates = "".join(f", {rate:f}% VAT on {component}" for component, rate in terms.vat_rates.items())
    tariff = f", tariff {terms.tariff}" if terms.tariff else ""
    end = f"up to {terms.to_on}, exclusive" if terms.to_on else "until further notice"
    again = "".join(f", {' and '.join(later.components) or 'all'} changed again on {later.on}" for later in terms.later)
    return f"corrected from {terms.from_on} {end}{tariff}{_told_agreed(terms.agreed_prices)}{rates}{again}"


def _told_agreed(prices: Mapping[str, Decimal] | Mapping[str, Decimal | None], until: date | None = None) -> str:
    end = f" until {until}, exclusive" if until else ""
    return "".join(
        f", {component} by the price list" if price is None else f", {component} agreed at {price:f}{end}"
        for component, price in prices.items()
    )


def _told_customer(customer: Customer) -> str:
    ids = (f"{label} {value}" for label, value in customer.legal_ids.items())
    contacts = (contact for contact in (customer.email, customer.phone) if contact)
    return ", ".join([customer.kind, customer.name, *customer.address.lines(), *ids, *contacts])


def _told_forgotten(fact: CustomerForgotten) -> str:
    kept = ", ".join(f"{document.number} until {document.until}" for document in fact.kept)
    return f"by order of {fact.ordered_by}, because: {fact.reason}; documents kept: {kept or 'none'}"


def _told_charges(charges: tuple[Charge, ...]) -> str:
    if not charges:
        return "nothing to charge"
    whole = money(total((charge.amount for charge in charges), charges[0].amount.currency))
    parts = ", ".join(f"{charge.component} {money(charge.amount)}" for charge in charges)
    return parts if len(charges) == 1 else f"{whole} ({parts})"


def _told_allocations(allocations: Iterable[Allocation]) -> str:
    return ", ".join(f"invoice {part.invoice} by {money(part.amount)} of {part.credit}" for part in allocations)
