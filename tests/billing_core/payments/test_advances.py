"""Tax documents on advances: which are due, and what corrects them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money, total, zero
from billing_core.parties.versions import PartyVersion
from billing_core.payments.advances import (
    AdvanceCorrected,
    AdvanceDocument,
    Advances,
    AdvanceTaxed,
    AdvanceTerms,
    AdvanceTermsSet,
    Excess,
    Issuer,
    apply_advances,
    before_of,
    correct,
    excesses,
    excesses_by,
    received,
    set_advance_terms,
    tax,
    untaxed,
)
from billing_core.payments.events import CreditTransferredIn, PaymentRefunded
from billing_core.payments.ledger import Ledger

ON, PAYMENT = date(2026, 3, 1), "bank:1"
RATE = Decimal(21)


def euros(amount: str | Decimal) -> Money:
    return Money(Decimal(amount), "EUR")


def ledger(**unused: str) -> Ledger:
    """The unused money of payments that came in on 1 March."""
    found = Ledger(zero("EUR"))
    for name, amount in unused.items():
        found.credits[f"bank:{name}"] = euros(amount)
        found.since[f"bank:{name}"] = ON
    return found


def issuer() -> Issuer:
    seller, customer = PartyVersion("north", 1), PartyVersion("C1", 1)
    return Issuer("A1", seller, customer, (f"90000000{number:02}" for number in count(1)), date(2026, 3, 11))


class Books:
    """The documents of an account, one after the other."""

    def __init__(self) -> None:
        self.advances: Advances = {}
        self.issued: list[AdvanceDocument] = []
        self.issuer = issuer()

    def draw_up(self, now: Ledger, before: date = date(2026, 3, 2)) -> list[tuple[str, str, str]]:
        """The numbers, bases and VAT of what is issued."""
        facts = correct(self.advances, excesses(now, self.advances), self.issuer)
        for fact in facts:
            apply_advances(self.advances, fact)
        taxed = tax(untaxed(now, self.advances, before), received(now), RATE, self.issuer)
        for fact in taxed:
            apply_advances(self.advances, fact)
        new = [fact for fact in (*facts, *taxed) if isinstance(fact, AdvanceDocument)]
        self.issued += new
        return [(fact.number, f"{fact.base.amount:f}", f"{fact.vat.amount:f}") for fact in new]


def test_the_worked_example():
    books = Books()
    assert books.draw_up(ledger(**{"1": "500.00"}), before_of(AdvanceTerms(vat_rate=RATE), date(2026, 3, 10))) == []
    before = before_of(AdvanceTerms(vat_rate=RATE), date(2026, 3, 11))
    assert books.draw_up(ledger(**{"1": "500.00"}), before) == [("9000000001", "413.22", "86.78")]
    assert books.draw_up(ledger(**{"1": "500.00"})) == []
    assert books.draw_up(ledger(**{"1": "200.00"})) == [("9000000002", "-247.93", "-52.07")]
    assert books.advances["9000000001"].vat == euros("34.71")
    assert books.draw_up(ledger()) == [("9000000003", "-165.29", "-34.71")]
    assert books.advances == {}
    first, second, _ = books.issued
    assert isinstance(first, AdvanceTaxed)
    assert isinstance(second, AdvanceCorrected)
    assert (first.tax_point_on, second.corrects) == (ON, "9000000001")


def test_money_that_is_free_again_gets_a_further_document_and_the_oldest_is_corrected_first():
    books = Books()
    books.draw_up(ledger(**{"1": "100.00"}))
    assert books.draw_up(ledger(**{"1": "150.00"})) == [("9000000002", "41.32", "8.68")]
    assert books.draw_up(ledger(**{"1": "60.00"})) == [("9000000003", "-74.38", "-15.62")]
    corrected = books.issued[-1]
    assert isinstance(corrected, AdvanceCorrected)
    assert corrected.corrects == "9000000001"


def test_a_refund_makes_too_high_what_it_takes_of_its_own_payment_alone():
    books = Books()
    books.draw_up(ledger(**{"1": "100.00", "2": "50.00"}))
    books.draw_up(ledger(**{"1": "120.00", "2": "50.00"}))
    now = ledger(**{"1": "90.00", "2": "10.00"})
    refunds = [
        PaymentRefunded(effective_on=ON, payment=PAYMENT, amount=euros(amount), reason="moved")
        for amount in ("15", "70")
    ]
    assert excesses_by(refunds[:1], now, books.advances) == [Excess("9000000001", euros("15"))]
    assert excesses_by(refunds, now, books.advances) == [
        Excess("9000000001", euros("70")), Excess("9000000003", euros("15")),
    ]  # fmt: skip
    assert excesses_by([], now, books.advances) == []
    assert now.credits[PAYMENT] == euros("90.00")


def test_a_credit_note_is_no_advance_unless_a_transfer_takes_it_to_another_account():
    giver, taker = ledger(**{"1": "30.00"}), ledger()
    giver.add_credit("5000000001", euros("10.00"), ON)
    assert untaxed(giver, {}, date.max) == {PAYMENT: euros("30.00")}
    taker.apply(
        CreditTransferredIn(effective_on=ON, transfer="transfer 1-9", amount=euros("40.00"), from_account="1",
                            reason="the son's", customer="C1")
    )  # fmt: skip
    assert untaxed(taker, {}, date.max) == {"transfer 1-9": euros("40.00")}


@given(st.lists(st.lists(st.integers(0, 100_000), min_size=2, max_size=2), min_size=1, max_size=8))
def test_what_is_taxed_is_what_is_unused_and_every_cent_of_vat_comes_back(course: list[list[int]]):
    books = Books()
    for cents in course:
        amounts = {str(number): f"{Decimal(each) / 100:.2f}" for number, each in enumerate(cents) if each}
        now = ledger(**amounts)
        books.draw_up(now)
        taxed = total((each.gross for each in books.advances.values()), "EUR")
        assert taxed == total(now.credits.values(), "EUR")
    books.draw_up(ledger())
    for part in ("gross", "base", "vat"):
        assert total((getattr(fact, part) for fact in books.issued), "EUR") == zero("EUR")
    assert all(fact.base + fact.vat == fact.gross for fact in books.issued)


@pytest.mark.parametrize(
    ("rate", "days"), [("0", 10), ("100", 10), ("NaN", 10), ("Infinity", 10), ("21", 32), ("21", -1)]
)
def test_terms_that_make_no_sense_are_refused(rate: str, days: int):
    terms = AdvanceTerms(vat_rate=Decimal(rate), after_days=days)
    with pytest.raises(InvalidValue):
        set_advance_terms(None, AdvanceTermsSet(effective_on=ON, seller="north", terms=terms))
