"""An auditor who knows only the events of one account, and a second, slower way to say what is owed.

Nothing here shares code with the rules it checks: days are counted one by one, sums are taken from the events.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from billing_core.catalogue.tariffs import Catalogue, Tariff
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.invoicing.invoices import CreditNoteIssued, DocumentEvent, InvoiceIssued
from billing_core.kernel.events import Event
from billing_core.payments.events import (
    CreditAllocated,
    CreditReleased,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentReversed,
)
from billing_core.payments.ledger import Ledger
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms_in_force import Change
from billing_core.time.periods import Period
from tests.billing_core.price_lists import month_with
from tests.billing_core.subscriber import Subscriber

ZERO = Decimal(0)
CENT = Decimal("0.01")
ONE_DAY = timedelta(days=1)


class Fee(NamedTuple):
    """What is summed up: one component of one subscription at one price in one period, whatever the tariff.

    A one-off fee is in none.
    """

    subscription: str
    component: str
    unit_price: Decimal
    vat_rate: Decimal
    includes_vat: bool
    period: Period | None


# --- what is owed, day by day


def owed_day_by_day(
    subscription: Subscription, catalogue: Catalogue, billing_day: int, until: date
) -> dict[Fee, Decimal]:
    """The net of every fee from activation up to `until`, without fees of nothing."""
    days: dict[Fee, set[date]] = defaultdict(set)
    fees: dict[Fee, Decimal] = {}
    met: set[str] = set()
    for day in charged_days(subscription, catalogue, until):
        period = month_with(day.on, billing_day)
        for component in day.tariff.components:
            price = day.agreed_prices.get(component.code)
            if price is None:
                (price,) = [listed.amount for listed in component.prices if listed.holds_on(day.on)]
            vat_rate = day.vat_rates.get(component.code, component.vat_rate)
            terms = subscription.code, component.code, price, vat_rate, day.tariff.prices_include_vat
            if component.kind == "recurring":
                days[Fee(*terms, period)].add(day.on)
            elif component.code not in met:
                met.add(component.code)
                fees[Fee(*terms, None)] = half_up(Fraction(price))
    for fee, used in days.items():
        assert fee.period is not None
        fees[fee] = sum((_from(fee, day) - _from(fee, day + ONE_DAY) for day in used), ZERO)
    return {fee: amount for fee, amount in fees.items() if amount}


def _from(fee: Fee, day: date) -> Decimal:
    """What the days of its period from one on cost, rounded; a day costs the difference of two of these."""
    assert fee.period is not None
    return half_up(Fraction(fee.unit_price) * (fee.period.to_on - day).days / fee.period.days)


class Day(NamedTuple):
    """A day that is charged, and on which terms."""

    on: date
    tariff: Tariff
    agreed_prices: dict[str, Decimal]
    vat_rates: dict[str, Decimal]


def charged_days(subscription: Subscription, catalogue: Catalogue, until: date) -> Iterator[Day]:
    """Every day that is charged, with the terms that hold on it."""
    timeline = subscription.timeline
    day = timeline[0].on
    while day < until:
        tariff, agreed, reasons = timeline[0].tariff, _prices(timeline[0]), set[str]()
        for entry in timeline:
            if entry.on > day:
                break
            if entry.kind in ("activate", "change-tariff"):
                tariff, agreed = entry.tariff, _prices(entry)
            elif entry.kind == "suspend":
                reasons.add(entry.reason or "")
            elif entry.kind == "resume":  # One that names a reason ends that one alone.
                reasons -= {entry.reason} if entry.reason else set(reasons)
            else:
                return
        vat_rates: dict[str, Decimal] = {}
        for terms in subscription.corrections:
            # A change of tariff that was learnt since counts instead; the histories agree no price later on.
            ends = [terms.to_on or date.max, *(change.on for change in terms.later)]
            if terms.from_on <= day < min(ends):
                if terms.tariff:
                    tariff, agreed, vat_rates = terms.tariff, terms.agreed_prices, terms.vat_rates
                else:
                    agreed, vat_rates = {**agreed, **terms.agreed_prices}, {**vat_rates, **terms.vat_rates}
        if "operator" not in reasons:  # It charges nothing, whatever another reason that holds as well does.
            yield Day(day, catalogue[tariff], agreed, vat_rates)
        day += ONE_DAY


def _prices(change: Change) -> dict[str, Decimal]:
    return {code: price for code, price in change.agreed_prices.items() if price is not None}


def half_up(exact: Fraction) -> Decimal:
    """To the cent, 0.005 becomes 0.01; only for amounts that are not negative."""
    assert exact >= 0
    return Decimal(int(exact * 100 + Fraction(1, 2))) * CENT


# --- what was posted


def posted_charges(events: Iterable[Event]) -> list[Charge]:
    """Charges and credits in the order in which they were posted."""
    return [charge for fact in events if isinstance(fact, ChargesPosted) for charge in fact.charges]


def posted_net(events: Iterable[Event], billing_day: int) -> dict[Fee, Decimal]:
    """The net of every fee on record, without fees of nothing."""
    net: dict[Fee, Decimal] = defaultdict(Decimal)
    for charge in posted_charges(events):
        period = month_with(charge.from_on, billing_day) if charge.kind == "recurring" else None
        terms = charge.subscription, charge.component, charge.unit_price, charge.vat_rate, charge.includes_vat
        net[Fee(*terms, period)] += charge.amount.amount
    return {fee: amount for fee, amount in net.items() if amount}


def covered_days(charges: Iterable[Charge]) -> dict[tuple[str, str], Counter[date]]:
    """How often each day of a component of a subscription is covered, credits taken off."""
    covered: dict[tuple[str, str], Counter[date]] = defaultdict(Counter)
    for charge in charges:
        day = charge.from_on
        while day < charge.to_on:
            covered[charge.subscription, charge.component][day] += 1 if charge.corrects is None else -1
            day += ONE_DAY
    return covered


# --- what must always hold


def audit(subscriber: Subscriber) -> None:
    """Everything that must hold on an account at any moment."""
    charges = _audit_charges(subscriber.events)
    documents = _audit_documents(subscriber, charges)
    _audit_money(subscriber.events, subscriber.account.ledger, documents)


def _audit_charges(events: Sequence[Event]) -> dict[str, Charge]:
    posted = posted_charges(events)
    charges = {charge.key: charge for charge in posted}
    assert len(charges) == len(posted), "one key, one charge"
    once = [
        charge for charge in posted if charge.kind == "recurring" or (charge.kind == "one-off" and not charge.steps)
    ]
    for cover in covered_days(once).values():
        assert set(cover.values()) <= {0, 1}, "no day of a component is covered twice, none is credited twice"
    left: dict[str, Decimal] = defaultdict(Decimal)
    for charge in charges.values():
        left[charge.corrects or charge.key] += charge.amount.amount
        if charge.corrects is not None:
            assert charges[charge.corrects].amount.amount * charge.amount.amount <= 0, "a correction takes back"
        else:
            assert charge.amount.amount * (-1 if charge.kind == "discount" else 1) >= 0
    for key, amount in left.items():
        whole = charges[key].amount.amount
        assert min(whole, ZERO) <= amount <= max(whole, ZERO), f"{key} is credited beyond its amount"
    _audit_shares(charges.values())
    return charges


def _audit_shares(charges: Iterable[Charge]) -> None:
    """Discounts never take more than there is."""
    bases: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    shares: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    lines: Counter[tuple[object, ...]] = Counter()
    place: tuple[object, ...]
    for charge in charges:
        place = (
            charge.subscription,
            charge.of or charge.component,
            charge.whole_period,
            charge.vat_rate,
            charge.includes_vat,
        )
        (shares if charge.of else bases)[place] += charge.amount.amount
        lines[place] += 1
    for place, amount in shares.items():  # In a part of a period each price has its own cents.
        assert bases[place] + amount >= -CENT * lines[place], f"discounts on {place} exceed it"


def _audit_documents(subscriber: Subscriber, charges: dict[str, Charge]) -> dict[str, DocumentEvent]:
    documents = {fact.number: fact for fact in subscriber.events if isinstance(fact, DocumentEvent)}
    lines = [line.charge for document in documents.values() for line in document.lines]
    assert len(set(lines)) == len(lines), "a charge is on one document"
    waiting = {
        key: charge.amount.amount for key, charge in charges.items() if charge.amount.amount and key not in lines
    }
    assert set(lines) <= set(charges)
    assert waiting == {charge.key: charge.amount.amount for charge in subscriber.account.pending}
    plan = subscriber.account.plan
    if plan.invoice_every is None and not plan.minimum_invoice:
        assert sum(waiting.values()) <= 0, "no charge is left out; only what does not make an invoice waits"
    for document in documents.values():
        audit_sums(document)
        sign = 1 if isinstance(document, InvoiceIssued) else -1
        assert sign * document.gross.amount > 0, f"{document.number} is over nothing or the wrong way round"
        rates = [sign * amount for tax in document.taxes for amount in (tax.base.amount, tax.vat.amount)]
        assert min(rates) >= 0, f"{document.number} is the wrong way round at a VAT rate"
    for number, invoice in documents.items():
        if isinstance(invoice, InvoiceIssued):
            notes = [
                note for note in documents.values() if isinstance(note, CreditNoteIssued) and note.corrects == number
            ]
            audit_corrections(invoice, notes, charges)
    return documents


def audit_sums(document: DocumentEvent) -> None:
    """Lines sum to the base, base and VAT to the total."""
    base = sum(tax.base.amount for tax in document.taxes)
    vat = sum(tax.vat.amount for tax in document.taxes)
    assert sum(line.net.amount for line in document.lines) == base
    assert base + vat == document.gross.amount


def audit_corrections(invoice: InvoiceIssued, notes: Sequence[CreditNoteIssued], charges: dict[str, Charge]) -> None:
    """Per rate, credit notes never take back more than the invoice has; where all is credited, nothing is left."""
    for tax in invoice.taxes:
        base, vat = tax.base.amount, tax.vat.amount
        for note in notes:
            for credit in note.taxes:
                if credit.rate == tax.rate:
                    base += credit.base.amount
                    vat += credit.vat.amount
        assert 0 <= base <= tax.base.amount
        assert 0 <= vat <= tax.vat.amount
        lines = [charges[line.charge] for document in (invoice, *notes) for line in document.lines]
        if sum(charge.amount.amount for charge in lines if charge.vat_rate == tax.rate) == 0:
            assert base == 0
            assert vat == 0


def _audit_money(events: Sequence[Event], ledger: Ledger, documents: dict[str, DocumentEvent]) -> None:
    assert not (ledger.credits and ledger.open_items), "unused credit stands beside what is owed"
    received: dict[str, Decimal] = {}
    for fact in events:
        if isinstance(fact, PaymentReceived | PaymentMovedIn):
            assert fact.payment not in received
            received[fact.payment] = fact.amount.amount
        elif isinstance(fact, PaymentReversed | PaymentMovedAway):
            assert received.pop(fact.payment) == fact.amount.amount
    invoiced = {number: fact.gross.amount for number, fact in documents.items() if isinstance(fact, InvoiceIssued)}
    credited = {number: -fact.gross.amount for number, fact in documents.items() if number not in invoiced}
    settled: Counter[str] = Counter()
    used: Counter[str] = Counter()
    for fact in events:
        if isinstance(fact, CreditAllocated | CreditReleased):
            for part in fact.allocations:
                assert part.amount.amount > 0
                sign = 1 if isinstance(fact, CreditAllocated) else -1
                settled[part.invoice] += sign * part.amount.amount  # type: ignore[assignment]
                used[part.credit] += sign * part.amount.amount  # type: ignore[assignment]
    to_pay = {number: gross - settled[number] for number, gross in invoiced.items()}
    unused = {credit: amount - used[credit] for credit, amount in (received | credited).items()}
    assert set(settled) <= set(invoiced)
    assert min([*to_pay.values(), *unused.values()], default=0) >= 0, "allocations exceed an invoice or a credit"
    assert {number: item.amount.amount for number, item in ledger.open_items.items()} == _not_nothing(to_pay)
    assert {credit: amount.amount for credit, amount in ledger.credits.items()} == _not_nothing(unused)
    balance = sum(received.values()) + sum(credited.values()) - sum(invoiced.values())
    assert ledger.balance.amount == balance == sum(unused.values()) - sum(to_pay.values())


def _not_nothing(amounts: dict[str, Decimal]) -> dict[str, Decimal]:
    return {name: amount for name, amount in amounts.items() if amount}
