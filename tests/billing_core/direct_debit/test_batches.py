"""What is drawn of an account, whole crowns, how a collected debit settles, and answers in any order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from billing_core.direct_debit.answers import DebitAnswer, Outcome, answer_debit, collect_debit, outcome_of
from billing_core.direct_debit.batch_events import DebitBatchDrawnUp, DebitCollected, DebitItem
from billing_core.direct_debit.batches import DebitBatch, DrawnDebit, apply_batch, freeze_batch, parts_of, send_batch
from billing_core.direct_debit.crowns import whole_units
from billing_core.direct_debit.drawing import Candidate, Drawing, Tried, debit_of_account
from billing_core.direct_debit.mandates import Mandate, MandateDetails, MandateSigned
from billing_core.direct_debit.reasons import Reason, code_in, consequence_of, reason_of
from billing_core.direct_debit.schemes import Scheme
from billing_core.direct_debit.settling import settle_debit
from billing_core.direct_debit.terms import DebitTerms, earliest_on
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.money import Money, total
from billing_core.payments.events import PaymentReceived
from billing_core.payments.ledger import Ledger, OpenItem

ON, COLLECT_ON = date(2026, 3, 10), date(2026, 3, 25)
TERMS = DebitTerms(creditor_id="DE98ZZZ09999999999")
OUTCOMES: tuple[Outcome, ...] = ("accepted", "collected", "rejected", "returned")


def money(amount: str, currency: str = "EUR") -> Money:
    return Money(Decimal(amount), currency)


def mandate(scheme: Scheme = "sepa-core") -> Mandate:
    signed = MandateSigned(
        effective_on=ON, mandate="M-1", account="1001", seller="S1", scheme=scheme, number=1,
        lapses_on=date(2029, 3, 10), customer="C1", payer="Ann", payer_account="",
    )  # fmt: skip
    return Mandate(signed, "active", signed.lapses_on, [MandateDetails("M-1", "Ann", "", "")])


def item(due_on: date, amount: str = "24.00", currency: str = "EUR") -> OpenItem:
    return OpenItem(due_on, money(amount, currency))


def batch_of_one(*invoices: str) -> DebitBatch:
    drawing = Drawing(seller="S1", scheme="sepa-core", collect_on=COLLECT_ON)
    open_items = {invoice: item(ON) for invoice in invoices}
    candidate = Candidate(mandate=mandate(), currency="EUR", open_items=open_items, stopped={}, tried={})
    debit, _ = debit_of_account(drawing, candidate, 1, ON)
    assert debit is not None
    batch = apply_batch(
        None,
        DebitBatchDrawnUp(effective_on=ON, seller="S1", number=1, scheme="sepa-core", collect_on=COLLECT_ON,
                          debits=(debit,)),
    )  # fmt: skip
    assert batch is not None
    for fact in freeze_batch(batch, {invoice: each.amount for invoice, each in open_items.items()}, ON):
        apply_batch(batch, fact)
    for fact in send_batch(batch, "", ON):
        apply_batch(batch, fact)
    return batch


def test_what_is_drawn_of_an_account_and_what_is_left_out():
    taken = batch_of_one("11").debits["S1-1-1"]
    candidate = Candidate(
        mandate=mandate(), currency="EUR", stopped={"8": "disputed"}, tried={"11": Tried(1, taken)},
        open_items={
            "7": item(date(2026, 3, 1)), "8": item(date(2026, 3, 1)), "9": item(date(2026, 3, 20)),
            "10": item(date(2026, 4, 20)), "11": item(date(2026, 3, 2)),
        },
    )  # fmt: skip
    drawing = Drawing(seller="S1", scheme="sepa-core", collect_on=COLLECT_ON)
    debit, left_out = debit_of_account(drawing, candidate, 1, ON)
    assert debit is not None
    assert [each.invoice for each in debit.items] == ["7", "9"]
    assert debit.amount == money("48.00")
    assert [(each.invoice, each.reason) for each in left_out] == [("8", "disputed"), ("11", "is in a batch already")]


def test_hellers_are_carried_to_the_next_month():
    january = whole_units([money("349.50", "CZK")], "CZK")
    assert january == [money("349.00", "CZK")]
    february = whole_units([money("0.50", "CZK"), money("349.50", "CZK")], "CZK")
    assert february == [money("0.50", "CZK"), money("349.50", "CZK")]


@given(st.lists(st.integers(1, 1_000_000), min_size=1, max_size=6))
def test_whole_units_take_at_most_what_is_open_and_leave_less_than_one(hellers: list[int]):
    amounts = [Money(Decimal(each).scaleb(-2), "CZK") for each in hellers]
    taken = whole_units(amounts, "CZK")
    assert all(part <= amount for part, amount in zip(taken, amounts, strict=True))
    drawn, left = total(taken, "CZK"), total(amounts, "CZK") - total(taken, "CZK")
    assert drawn.amount == int(drawn.amount)
    assert 0 <= left.amount < 1


def test_a_sipo_debit_is_of_whole_crowns_over_a_year_of_months():
    """349.50 a month: what is left open is drawn with the next month, and never a crown is lost."""
    open_items: dict[str, OpenItem] = {}
    drawn_all = money("0.00", "CZK")
    for month in range(1, 13):
        open_items[f"{month:02}"] = item(date(2026, month, 15), "349.50", "CZK")
        candidate = Candidate(mandate=mandate("sipo"), currency="CZK", open_items=open_items, stopped={}, tried={})
        drawing = Drawing(seller="S1", scheme="sipo", collect_on=date(2026, month, 20))
        debit, _ = debit_of_account(drawing, candidate, 1, date(2026, month, 16))
        assert debit is not None
        assert debit.amount.amount == (349 if month % 2 else 350)
        drawn_all = drawn_all + debit.amount
        for part in debit.items:
            left = open_items.pop(part.invoice).amount - part.amount
            if left.amount:
                open_items[part.invoice] = OpenItem(date(2026, month, 15), left)
    assert drawn_all == money("4194.00", "CZK")  # 12 times 349.50
    assert open_items == {}


def test_a_collected_debit_settles_its_own_items_before_an_older_one():
    ledger = Ledger(money("-72.00"), {"7": item(date(2026, 3, 1)), "8": item(date(2026, 2, 1)),
                                      "9": item(date(2026, 3, 20))})  # fmt: skip
    payment = PaymentReceived(effective_on=COLLECT_ON, source="debit-S1", reference="S1-1-1", amount=money("48.00"),
                              customer="C1")  # fmt: skip
    for fact in settle_debit(ledger, payment, (DebitItem("7", money("24.00"), 1), DebitItem("9", money("24.00"), 1))):
        ledger.apply(fact)
    assert list(ledger.open_items) == ["8"]
    assert ledger.credits == {}


def test_a_debit_whose_item_was_paid_meanwhile_settles_others_and_is_credit():
    ledger = Ledger(money("-30.00"), {"7": item(date(2026, 3, 1), "10.00"), "8": item(date(2026, 2, 1), "20.00")})
    payment = PaymentReceived(effective_on=COLLECT_ON, source="debit-S1", reference="S1-1-1", amount=money("48.00"),
                              customer="C1")  # fmt: skip
    for fact in settle_debit(ledger, payment, (DebitItem("7", money("24.00"), 1), DebitItem("9", money("24.00"), 1))):
        ledger.apply(fact)
    assert ledger.open_items == {}
    assert ledger.credits == {"debit-S1:S1-1-1": money("18.00")}


@given(st.lists(st.sampled_from(OUTCOMES), max_size=8))
def test_answers_in_any_order_and_number_leave_one_payment_or_none(outcomes: list[Outcome]):
    batch, paid, refused_after_payment = batch_of_one("7"), 0, 0
    for outcome in outcomes:
        answer = DebitAnswer(end_to_end="S1-1-1", outcome=outcome, reason="MS03")
        try:
            answered = answer_debit(batch, answer, TERMS, COLLECT_ON)
        except RuleViolation:
            assert batch.debits["S1-1-1"].state == "rejected"
            continue
        for fact in answered.facts:
            apply_batch(batch, fact)
        paid += answered.is_paid
        refused_after_payment += answered.is_taken_back
        again = answer_debit(batch, answer, TERMS, COLLECT_ON) if answered.facts else None
        assert again is None or again.facts == []
    state = batch.debits["S1-1-1"].state
    assert paid <= 1
    assert paid - refused_after_payment == (state == "collected")


def test_a_yes_counts_from_the_collection_date_on():
    batch = batch_of_one("7")
    answer = DebitAnswer(end_to_end="S1-1-1", outcome="accepted")
    early = answer_debit(batch, answer, TERMS, ON)
    assert not early.is_paid
    for fact in early.facts:
        apply_batch(batch, fact)
    assert answer_debit(batch, answer, TERMS, ON).facts == []
    assert collect_debit(batch, "S1-1-1", TERMS, ON).facts == []
    assert isinstance(collect_debit(batch, "S1-1-1", TERMS, COLLECT_ON).facts[0], DebitCollected)


def test_what_follows_from_reasons_and_how_often_a_debit_is_tried():
    assert [consequence_of(reason_of("AM04", {}), tries, 3) for tries in (1, 2, 3)] == ["try-again", "try-again", "ask"]
    assert reason_of("AC04", {}).consequence == "suspend-mandate"
    assert reason_of("MD01", {}).consequence == reason_of("MD06", {}).consequence == "end-mandate"
    assert reason_of("MS03", {}).consequence == reason_of("XX99", {}).consequence == "ask"
    own = {"MD06": Reason(consequence="ask")}
    assert reason_of("MD06", own).consequence == "ask"
    assert (code_in("statement 17, returned AM04"), code_in("no reason")) == ("AM04", "")


def test_status_codes_of_the_bank_and_a_seller_whom_only_a_statement_convinces():
    assert [outcome_of(status, TERMS) for status in ("ACCP", "ACSC", "RJCT", "PDNG")] == [
        "accepted", "collected", "rejected", None
    ]  # fmt: skip
    assert outcome_of("ACSC", msgspec.structs.replace(TERMS, settles="statement")) == "accepted"


def test_notice_and_parts():
    assert earliest_on(TERMS, date(2026, 3, 2)) == date(2026, 3, 16)
    assert earliest_on(msgspec.structs.replace(TERMS, notice="invoice"), ON) == ON
    assert [len(parts_of(debits)) for debits in (0, 1, 200, 201, 401)] == [0, 1, 1, 2, 3]


def test_freezing_hashes_what_stays():
    whole, other = batch_of_one("7"), batch_of_one("8")
    assert whole.content_hash == batch_of_one("7").content_hash != other.content_hash
    assert len(whole.content_hash) == 64


def test_a_debit_is_free_again_by_its_state():
    drawn: DrawnDebit = batch_of_one("7").debits["S1-1-1"]
    assert not drawn.is_free_on(ON)
    for state, again_on, free in (
        ("left-out", None, True), ("collected", None, True), ("rejected", None, False), ("returned", ON, True),
        ("rejected", COLLECT_ON, False),
    ):  # fmt: skip
        changed = msgspec.structs.replace(drawn, state=state, again_on=again_on)
        assert changed.is_free_on(ON) is free
