"""Tax documents on advances: money that came in before anything was supplied for it.

Decides which documents are due, and which of them are to be corrected. A seller owes VAT on money that no invoice uses,
as of the day on which it came in. So what is unused of a payment for some days gets a document; what leaves it later,
to an invoice, back to the payer or to another account, is taken off by a correction, because the VAT is on the invoice
then, or not owed at all. A refund and a pay-out are corrected at once, everything else by the next draw-up; after it
the documents of a payment never sum to more than is unused of it. Decides no rate: the seller sets one for all
advances.

Worked example, 21 %, after 10 days; 500.00 came in on 1 March

    11 March   document 9000000001    base 413.22, VAT 86.78, tax point 1 March
    1 April    an invoice uses 300.00; 9000000002 corrects it by -247.93 and -52.07, so that 165.29 and 34.71 are left
    9 April    200.00 are refunded; 9000000003 corrects it by -165.29 and -34.71, and nothing is left

The VAT of a correction is what the VAT of what is left is less, so all parts sum to the whole. A correction counts for
the tax point of the invoice that used the money (`advance_uses.py`), else for its day of issue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, rounded, total, zero
from billing_core.kernel.vat_rates import require_vat_rate
from billing_core.parties.details import require_text
from billing_core.parties.versions import PartyVersion
from billing_core.payments.ledger import Ledger

MOST_DAYS = 31
# The kind of its number series too, by which the nightly check finds gaps.
ADVANCE_CLAIM = "advance"
LESS_UNUSED = "less of the money is unused"

# --- events


class AdvanceTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The VAT rate of a seller's advances in percent, and after how many days unused money gets a document."""

    vat_rate: Decimal
    after_days: int = 10


@event("advance-terms-set")
class AdvanceTermsSet(Event, frozen=True, kw_only=True):
    """From now on a seller issues tax documents on advances by these terms; without terms none."""

    seller: str
    terms: AdvanceTerms | None = None


class AdvanceDocument(Event, frozen=True, kw_only=True):
    """A document on money of an account: `credit` is the payment, and `gross` is base and VAT together.

    `account_version` is the version of the account that the draw-up knew; a correction with a refund has none.
    """

    number: str
    account: str
    seller: PartyVersion
    customer: PartyVersion
    credit: str
    vat_rate: Decimal
    gross: Money
    base: Money
    vat: Money
    tax_point_on: date
    account_version: int | None = None

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Its number, by which it is found."""
        return (Claim(ADVANCE_CLAIM, self.number, stream, ""),)


@event("advance-taxed")
class AdvanceTaxed(AdvanceDocument, frozen=True, kw_only=True):
    """A tax document was issued on unused money; its tax point is the day on which it came in."""


@event("advance-corrected")
class AdvanceCorrected(AdvanceDocument, frozen=True, kw_only=True):
    """A document corrects one on an advance, because less of the money is unused; its amounts are below zero.

    `invoice` used the money, unless it left in another way.
    """

    corrects: str
    reason: str
    invoice: str = ""


ADVANCES = "advances/"


def advances_stream(account: str) -> str:
    return f"{ADVANCES}{account}"


# --- state


class Taxed(NamedTuple):
    """What is left of a document after its corrections."""

    credit: str
    vat_rate: Decimal
    gross: Money
    base: Money
    vat: Money
    tax_point_on: date


# The documents of an account of which something is left, by number, the oldest first.
Advances = dict[str, Taxed]


def apply_advances(state: Advances | None, fact: Event) -> Advances:
    """Fold one event of the advances of an account."""
    state = {} if state is None else state
    if isinstance(fact, AdvanceTaxed):
        state[fact.number] = Taxed(
            fact.credit, fact.vat_rate, fact.gross, fact.base, fact.vat, fact.tax_point_on
        )  # fmt: skip
    elif isinstance(fact, AdvanceCorrected):
        known = state[fact.corrects]
        left = known._replace(gross=known.gross + fact.gross, base=known.base + fact.base, vat=known.vat + fact.vat)
        state[fact.corrects] = left
        if not left.gross.amount:
            del state[fact.corrects]
    return state


def apply_advance_terms(state: AdvanceTerms | None, fact: Event) -> AdvanceTerms | None:
    """Fold one event of the terms of a seller."""
    return fact.terms if isinstance(fact, AdvanceTermsSet) else state


# --- decisions


def set_advance_terms(known: AdvanceTerms | None, fact: AdvanceTermsSet) -> list[Event]:
    """Terms that make sense; those that hold already change nothing."""
    if fact.terms is not None:
        require_vat_rate(fact.terms.vat_rate, "VAT rate")
        if not fact.terms.vat_rate:
            raise InvalidValue("must be above 0; set no terms if advances are without VAT", field="VAT rate",
                               value=fact.terms.vat_rate)  # fmt: skip
        if not 0 <= fact.terms.after_days <= MOST_DAYS:
            raise InvalidValue(f"must be 0 to {MOST_DAYS}", field="after days", value=fact.terms.after_days)
    return [] if known == fact.terms else [fact]


class Excess(NamedTuple):
    """By how much a document is to be corrected, because an invoice of a tax point used it; else as of its issue."""

    number: str
    amount: Money
    invoice: str = ""
    tax_point_on: date | None = None


def excesses(ledger: Ledger, advances: Advances) -> list[Excess]:
    """What is taxed but no longer unused, of each document; of two documents on one payment the older goes first."""
    found = []
    unused = dict(ledger.credits)
    nothing = zero(ledger.balance.currency)
    for number, taxed in reversed(advances.items()):  # The newest keeps its money.
        kept = min(unused.get(taxed.credit, nothing), taxed.gross)
        unused[taxed.credit] = unused.get(taxed.credit, nothing) - kept
        if kept < taxed.gross:
            found.append(Excess(number, taxed.gross - kept))
    return found[::-1]


def excesses_by(events: Sequence[Event], ledger: Ledger, advances: Advances) -> list[Excess]:
    """What events on a ledger make too high of each document, without what was too high before them.

    100.00 are taxed, an invoice used 30.00, and 20.00 are refunded: by 20.00. The 30.00 are not of the refund.
    """
    before = {each.number: each.amount for each in excesses(ledger, advances)}
    after = ledger.copy()
    for fact in events:
        after.apply(fact)
    nothing = zero(ledger.balance.currency)
    found = [Excess(each.number, each.amount - before.get(each.number, nothing)) for each in excesses(after, advances)]
    return [each for each in found if each.amount > nothing]


def untaxed(ledger: Ledger, advances: Advances, before: date) -> dict[str, Money]:
    """The money that came in before a day, is unused, and has no document; by payment, without what is nothing."""
    taxed: dict[str, list[Money]] = {}
    for each in advances.values():
        taxed.setdefault(each.credit, []).append(each.gross)
    left = {
        credit: ledger.credits[credit] - total(taxed.get(credit, ()), ledger.balance.currency)
        for credit, received_on in received(ledger).items() if received_on < before
    }  # fmt: skip
    return {credit: amount for credit, amount in left.items() if amount.amount > 0}


def received(ledger: Ledger) -> dict[str, date]:
    """The day of each unused credit that counts as money: of payments and transfers, not of credit notes.

    Money that is free again, as its invoice was credited or the bank returned it, has the day since which it is credit.
    A transfer is one credit of its day on the account that takes it, and counts whole: also what was a credit note on
    the other account, as a transfer does not keep what it was made of.
    """
    return {
        credit: ledger.received_on.get(credit) or ledger.since[credit]
        for credit in ledger.credits if ":" in credit or credit.startswith("transfer ")
    }  # fmt: skip


class Issuer(NamedTuple):
    """What every document of an account says, and the numbers of the next ones."""

    account: str
    seller: PartyVersion
    customer: PartyVersion
    numbers: Iterator[str]
    on: date
    account_version: int | None = None


def correct(advances: Advances, found: Sequence[Excess], issuer: Issuer, reason: str = LESS_UNUSED) -> list[Event]:
    """A correction of each document by what is too much; those of one document follow each other."""
    require_text(reason, "reason")
    events, left = list[Event](), dict(advances)
    for each in found:
        fact = _corrected(left[each.number], each, issuer, reason)
        apply_advances(left, fact)
        events.append(fact)
    return events


def _corrected(taxed: Taxed, excess: Excess, issuer: Issuer, reason: str) -> AdvanceCorrected:
    left = taxed.gross - excess.amount
    vat = vat_within(left, taxed.vat_rate) - taxed.vat
    return AdvanceCorrected(
        effective_on=issuer.on, number=next(issuer.numbers), account=issuer.account, seller=issuer.seller,
        customer=issuer.customer, credit=taxed.credit, vat_rate=taxed.vat_rate, gross=-excess.amount,
        base=-excess.amount - vat, vat=vat, corrects=excess.number, reason=reason, invoice=excess.invoice,
        tax_point_on=excess.tax_point_on or issuer.on, account_version=issuer.account_version,
    )  # fmt: skip


def tax(due: Mapping[str, Money], received_on: Mapping[str, date], vat_rate: Decimal, issuer: Issuer) -> list[Event]:
    """A document on the money of each payment."""
    events: list[Event] = []
    for credit, gross in due.items():
        vat = vat_within(gross, vat_rate)
        events.append(
            AdvanceTaxed(
                effective_on=issuer.on, number=next(issuer.numbers), account=issuer.account, seller=issuer.seller,
                customer=issuer.customer, credit=credit, vat_rate=vat_rate, gross=gross, base=gross - vat, vat=vat,
                tax_point_on=received_on[credit], account_version=issuer.account_version,
            )
        )  # fmt: skip
    return events


def vat_within(gross: Money, rate: Decimal) -> Money:
    """The VAT that an amount holds: 500.00 at 21 % hold 86.78, rounded half up."""
    share = Fraction(rate) / (100 + Fraction(rate))
    return rounded(Fraction(gross.amount) * share, gross.currency)


def before_of(terms: AdvanceTerms, on: date) -> date:
    """The day before which money must have come in to get a document: of 11 March with 10 days, 2 March."""
    return on - timedelta(days=terms.after_days) + timedelta(days=1)
