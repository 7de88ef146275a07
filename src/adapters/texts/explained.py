"""An amount explained in the same lines everywhere: its sum, what it is for, by which rule, and at which price.

sum     249.00 CZK a month x 3/31 days of the whole period = 24.0967…, rounded half up to 24.10 CZK
for     TV, 18 to 20 May 2026
rule    a fee for a part of its period, by its days
price   price list tv, with 21 % VAT in it
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from adapters.texts.amounts import money
from billing_core.charging.charges import Charge, how
from billing_core.invoicing.documents import TaxSummaryLine
from billing_core.kernel.money import Money
from billing_core.kernel.spans import ONE_DAY

SHOWN_DECIMALS = 4
RULES: Mapping[str, str] = {
    "recurring": "a fee, for the part of its period that its days are",
    "one-off": "a fee that is charged once",
    "usage": "usage, priced when its period has ended",
    "discount": "a discount on what it is on, for the same days",
    "surcharge": "a surcharge on what it is on, for the same days",
    "minimum": "what is missing to the agreed minimum of a period",
}
OF_VAT = "the lines of a rate are summed, taxed and rounded once for the document"
WHOLE_FEE = "a fee for a whole period"
FEE_IN_FULL = "a fee for a period, which is never charged in part"


class ExplainedAmount(msgspec.Struct, kw_only=True):
    """An amount: how it was worked out, what it is for, by which rule, and at which price.

    `corrects` is the invoice of which it takes something back; `tariff` is the price list that is named; `charge` is
    the key of a charge that is posted and takes nothing back. Of a charge its `description`, service and days stand
    apart, too.
    """

    amount: Money
    sum: str
    purpose: str
    rule: str
    price: str = ""
    tariff: str = ""
    description: str = ""
    subscription: str = ""
    from_on: date | None = None
    last_on: date | None = None
    charge: str = ""
    corrects: str = ""


def explained_charge(charge: Charge, corrects: str = "", *, is_posted: bool = False) -> ExplainedAmount:
    """A charge in the terms of its price list, which corrects something on an invoice if that is named."""
    return ExplainedAmount(
        amount=charge.amount,
        sum=_sum(charge),
        purpose=_purpose(charge),
        rule=_rule(charge),
        price=_price(charge),
        tariff="" if charge.agreed else charge.tariff,
        description=charge.description,
        subscription=charge.subscription,
        from_on=charge.from_on,
        last_on=max(charge.from_on, charge.to_on - ONE_DAY),
        charge=charge.key if is_posted and not charge.corrects else "",
        corrects=corrects if charge.corrects else "",
    )


def explained_taxes(taxes: Sequence[TaxSummaryLine], charges: Sequence[Charge]) -> Iterator[ExplainedAmount]:
    """The VAT of a document, rate by rate; prices with VAT in them and without are both on it now and then."""
    for tax in taxes:
        if not tax.rate:
            continue
        included = any(charge.includes_vat for charge in charges if charge.vat_rate == tax.rate)
        whole = tax.base + tax.vat
        sum_ = (
            f"{money(whole)} x {tax.rate:f}/{100 + tax.rate:f} = {money(tax.vat)}, which the prices hold"
            if included
            else f"{money(tax.base)} x {tax.rate:f} % = {money(tax.vat)}"
        )
        yield ExplainedAmount(amount=tax.vat, sum=sum_, purpose=f"VAT of {tax.rate:f} %", rule=OF_VAT)


def _sum(charge: Charge) -> str:
    exact, amount = _exact(charge), charge.amount
    words = str(how(charge))
    if exact is None:
        return words if charge.kind == "one-off" and charge.amount.amount > 0 else f"{words} = {money(amount)}"
    if exact == Fraction(amount.amount):
        return words if words.endswith(money(amount)) else f"{words} = {money(amount)}"
    return f"{words} = {_shown(exact)}, rounded half up to {money(amount)}"


def _exact(charge: Charge) -> Fraction | None:
    """What its days cost before they are rounded; None of what is not priced by days, or cut so that cents match."""
    if not charge.is_priced_by_days or not charge.span.days:
        return None
    basis = charge.measured_by
    share = Fraction(basis.share(charge.from_on)) - Fraction(basis.share(charge.to_on))
    sign = -1 if charge.corrects else 1
    exact = sign * charge.period_price * share
    return exact if abs(exact - Fraction(charge.amount.amount)) < 1 else None


def _shown(exact: Fraction) -> str:
    """The first decimals, and dots if there are more of them."""
    scaled = abs(exact) * 10**SHOWN_DECIMALS
    digits = Decimal(scaled.numerator // scaled.denominator).scaleb(-SHOWN_DECIMALS)
    return f"{'-' if exact < 0 else ''}{digits:f}{'' if scaled.denominator == 1 else '…'}"


def _purpose(charge: Charge) -> str:
    taken = ", taken back" if charge.corrects else ""
    service = f", service {charge.subscription}" if charge.subscription else ""
    return f"{charge.description}{service}, {days_text(charge.from_on, charge.to_on)}{taken}"


def days_text(from_on: date, to_on: date) -> str:
    """The days `[from_on, to_on)`, both ends named: `2026-05-18 to 2026-05-20`."""
    last_on = to_on - ONE_DAY
    return f"{from_on}" if last_on <= from_on else f"{from_on} to {last_on}"


def _rule(charge: Charge) -> str:
    if not charge.subscription:
        return "granted out of goodwill" if charge.amount.amount < 0 else "charged by hand"
    if charge.is_priced_by_days and charge.kind == "recurring" and charge.measured_by.mode == "none":
        return FEE_IN_FULL
    if charge.kind == "recurring" and charge.period is None and len(charge.measured_by.periods) == 1:
        return WHOLE_FEE
    return RULES[charge.kind]


def _price(charge: Charge) -> str:
    source = "agreed price" if charge.agreed else f"price list {charge.tariff}"
    if not charge.subscription:
        source = "by hand"
    if not charge.vat_rate:
        return f"{source}, without VAT"
    vat = f"{charge.vat_rate:f} % VAT"
    return f"{source}, with {vat} in it" if charge.includes_vat else f"{source}, {vat} is added"
