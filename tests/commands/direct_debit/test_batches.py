"""A batch from drawing up to closing: what is drawn once, what is left out, and what every answer does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from billing_core.charging.charges import ChargesPosted
from billing_core.direct_debit.answers import DebitAnswer
from billing_core.direct_debit.batch_events import DebitBatchDrawnUp, DebitBatchSent
from billing_core.direct_debit.terms import DebitTerms
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.outreach.terms import KindTerms, OutreachTerms
from billing_core.payments.events import PaymentReceived, PaymentReversed
from commands.corrections.payment import MovePayment
from commands.direct_debit.answers import RecordDebitAnswers
from commands.direct_debit.batches import (
    CancelDebitBatch,
    CloseDebitBatch,
    DrawUpDebitBatch,
    FreezeDebitBatch,
    ReleaseDebit,
)
from commands.direct_debit.mandates import ResumeMandate
from commands.direct_debit.terms import SetDebitTerms
from commands.dunning.stops import DisputeItem, EndDispute
from commands.outreach.terms import SetOutreachTerms
from commands.payments.account import ReceivePayment, ReversePayment
from commands.payments.giving_back import RefundPayment
from commands.services import ResumeSubscription, SuspendSubscription
from tests.commands.direct_debit.payers import (
    COLLECT_ON,
    ON,
    USUAL,
    A,
    B,
    answer,
    batch_now,
    draw,
    draw_all,
    drawn_and_sent,
    let_happen,
    mandate_now,
    owed,
    send,
    set_up_payers,
    sign,
    states,
)
from tests.operators import Operator, eur

NEXT_ON = COLLECT_ON + timedelta(days=1)


@pytest.fixture(autouse=True)
def payers(operator: Operator) -> None:
    set_up_payers(operator, A, B)


def payments(operator: Operator, account: str = A) -> list[PaymentReceived]:
    return [fact for fact in operator.facts(f"account/{account}") if isinstance(fact, PaymentReceived)]


def test_a_debit_is_collected_on_its_day_unless_it_is_rejected(operator: Operator):
    batch = drawn_and_sent(operator, A, B)
    assert batch == "north-1"
    answer(operator, "north-1-2", "rejected", "AM04", on=ON)
    let_happen(operator, COLLECT_ON - timedelta(days=1))
    assert payments(operator) == []

    let_happen(operator, COLLECT_ON)
    let_happen(operator, COLLECT_ON)
    (payment,) = payments(operator)
    assert (payment.payment, payment.amount, payment.method, payment.effective_on, payment.payer) == (
        "debit-north:north-1-1", eur("24.00"), "direct-debit", COLLECT_ON, "Customer A0001"
    )  # fmt: skip
    assert operator.account(A).ledger.open_items == {}
    assert payments(operator, B) == []
    assert states(operator, batch) == {"north-1-1": "collected", "north-1-2": "rejected"}
    operator.tell(CloseDebitBatch(batch=batch), today=COLLECT_ON)
    assert operator.findings() == []


def test_an_item_is_in_one_live_batch_only(operator: Operator):
    draw(operator, A)
    again = draw(operator, A, B)
    assert (again["batch"], again["debits"]) == ("north-2", 1)
    assert again["left_out"] == [{"account": A, "invoice": owed(operator), "reason": "is in a batch already"}]
    nothing = draw(operator, A, B)
    assert (nothing["batch"], nothing["debits"], len(nothing["left_out"])) == ("", 0, 2)

    operator.tell(CancelDebitBatch(batch="north-1", reason="too early"), today=ON)
    assert draw(operator, A)["debits"] == 1


def test_two_who_draw_up_at_once_draw_each_item_once(operator: Operator):
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(lambda _: draw(operator, A, B), range(8)))
    assert sum(each["debits"] for each in drawn) == 2
    facts = [fact for each in drawn if each["batch"] for fact in operator.facts(f"debit-batch/{each['batch']}")]
    invoices = [item.invoice for fact in facts if isinstance(fact, DebitBatchDrawnUp)
                for debit in fact.debits for item in debit.items]  # fmt: skip
    assert sorted(invoices) == sorted([owed(operator, A), owed(operator, B)])


def test_disputed_items_are_left_out_until_the_dispute_ends(operator: Operator):
    invoice = owed(operator)
    operator.tell(DisputeItem(account=A, invoice=invoice, reason="not mine"), today=ON)
    drawn = draw(operator, A)
    assert [(each["invoice"], each["reason"]) for each in drawn["left_out"]] == [(invoice, "disputed: not mine")]
    operator.tell(EndDispute(account=A, invoice=invoice, outcome="settled"), today=ON)
    assert draw(operator, A)["debits"] == 1


def test_payers_know_so_many_days_before(operator: Operator):
    with pytest.raises(InvalidValue, match="must not be before 2026-01-30"):
        draw(operator, A, collect_on=COLLECT_ON - timedelta(days=1))
    assert draw(operator, A, collect_on=COLLECT_ON)["debits"] == 1


def test_a_dry_run_says_what_would_be_drawn_and_writes_nothing(operator: Operator):
    rehearsed = draw_all(operator, is_dry_run=True)
    (batch,) = rehearsed.batches
    assert (batch.batch, batch.debits, batch.amount, batch.scheme) == ("north-1", 2, "48.00 EUR", "sepa-core")
    assert operator.facts("debit-batch/north-1") == []
    assert draw_all(operator).batches == rehearsed.batches
    assert [each.debits for each in draw_all(operator).batches] == [0]


def test_freezing_leaves_out_what_was_paid_meanwhile(operator: Operator):
    draw(operator, A, B)
    operator.tell(ReceivePayment(account=A, source="bank", reference="1", amount=eur("1.00"), received_on=ON), today=ON)
    frozen = operator.tell(FreezeDebitBatch(batch="north-1"), today=ON).result
    assert frozen["left_out"] == ["north-1-1"]
    assert operator.tell(FreezeDebitBatch(batch="north-1"), today=ON).result == frozen
    assert draw(operator, A)["amount"] == "23.00 EUR"


def test_a_batch_that_can_no_longer_be_announced_in_time_is_not_frozen(operator: Operator):
    draw(operator, A)
    with pytest.raises(InvalidValue, match="so that payers know 14 days before"):
        operator.tell(FreezeDebitBatch(batch="north-1"), today=ON + timedelta(days=1))


def test_debits_are_announced_once_when_they_are_frozen(operator: Operator):
    told = OutreachTerms(kinds=(KindTerms(kind="debit", channels=("push",)),))
    operator.tell(SetOutreachTerms(seller="north", terms=told), today=ON)
    batch = drawn_and_sent(operator, A, B)
    let_happen(operator, ON)
    let_happen(operator, ON)
    rows = operator.select("SELECT account, kind, about FROM live.messages ORDER BY account")
    assert rows == [(A, "debit", f"{batch}-1"), (B, "debit", f"{batch}-2")]


def test_an_answer_proves_that_a_frozen_batch_was_sent(operator: Operator):
    """The process died after the file was handed over, before anybody noted it."""
    draw(operator, A)
    operator.tell(FreezeDebitBatch(batch="north-1"), today=ON)
    answer(operator, "north-1-1", "accepted", on=ON)
    facts = operator.facts("debit-batch/north-1")
    assert sum(isinstance(fact, DebitBatchSent) for fact in facts) == 1
    with pytest.raises(RuleViolation, match="may have collected it"):
        operator.tell(CancelDebitBatch(batch="north-1", reason="never sent"), today=ON)
    let_happen(operator, COLLECT_ON)
    assert len(payments(operator)) == 1


def test_an_answer_to_a_batch_that_nobody_froze_is_refused(operator: Operator):
    draw(operator, A)
    (rejected,) = answer(operator, "north-1-1", "collected")["rejected"]
    assert "never sent" in rejected["reason"]
    (unknown,) = answer(operator, "north-1-9", "collected")["rejected"]
    assert "no such debit" in unknown["reason"]


def test_the_same_answer_twice_changes_nothing(operator: Operator):
    batch = drawn_and_sent(operator, A)
    for outcome in ("accepted", "collected", "returned"):
        assert answer(operator, "north-1-1", outcome, on=NEXT_ON)["accepted"] in (0, 1)
        facts = [*operator.facts(f"debit-batch/{batch}"), *operator.facts(f"account/{A}")]
        assert answer(operator, "north-1-1", outcome, on=NEXT_ON) == {"accepted": 0, "unchanged": 1, "rejected": []}
        assert [*operator.facts(f"debit-batch/{batch}"), *operator.facts(f"account/{A}")] == facts


def test_a_debit_without_money_is_tried_again_so_many_times_and_then_asked_about(operator: Operator):
    invoice, on = owed(operator), ON
    for number in (1, 2, 3):
        drawn = draw(operator, A, on=on, collect_on=on + timedelta(days=14))
        assert (drawn["batch"], drawn["debits"]) == (f"north-{number}", 1)
        send(operator, drawn["batch"], on)
        on += timedelta(days=14)
        answer(operator, f"north-{number}-1", "rejected", "AM04", on=on)
        if number < 3:
            soon = draw(operator, A, on=on, collect_on=on + timedelta(days=14))
            again_on = on + timedelta(days=5)
            assert soon["left_out"] == [{"account": A, "invoice": invoice, "reason": f"is tried again from {again_on}"}]
            on = again_on
    (left_out,) = draw(operator, A, on=on, collect_on=on + timedelta(days=14))["left_out"]
    assert left_out["reason"] == "a person decides: rejected, AM04"

    operator.tell(ReleaseDebit(debit="north-3-1"), today=on)
    assert draw(operator, A, on=on, collect_on=on + timedelta(days=14))["debits"] == 1
    fees = [fact for fact in operator.facts(f"account/{A}") if isinstance(fact, ChargesPosted) and fact.is_by_hand]
    assert [fee.charges[0].amount for fee in fees] == [eur("3.00")] * 3


def test_a_wrong_account_suspends_the_mandate_and_a_missing_mandate_ends_it(operator: Operator):
    drawn_and_sent(operator, A, B)
    answer(operator, "north-1-1", "rejected", "AC04", on=ON)
    answer(operator, "north-1-2", "rejected", "MD01", on=ON)
    assert (mandate_now(operator, f"M-{A}").state, mandate_now(operator, f"M-{B}").state) == ("suspended", "ended")
    assert draw(operator, A, B)["debits"] == 0

    operator.tell(ResumeMandate(mandate=f"M-{A}"), today=ON)
    sign(operator, B, "M-new", signed_on=ON)
    drawn = operator.tell(
        DrawUpDebitBatch(seller="north", scheme="sepa-core", collect_on=COLLECT_ON, mandates=(f"M-{A}", "M-new")),
        today=ON,
    ).result  # fmt: skip
    assert drawn["debits"] == 2


def test_a_return_takes_the_payment_back_charges_the_fee_and_opens_the_item(operator: Operator):
    invoice = owed(operator)
    drawn_and_sent(operator, A)
    let_happen(operator, COLLECT_ON)
    answer(operator, "north-1-1", "returned", "MD06", on=NEXT_ON)
    assert operator.account(A).ledger.open_items[invoice].amount == eur("24.00")
    facts = operator.facts(f"account/{A}")
    assert [fact.reason for fact in facts if isinstance(fact, PaymentReversed)] == ["returned debit: MD06"]
    assert mandate_now(operator, f"M-{A}").state == "ended"
    let_happen(operator, NEXT_ON)  # The reaction to the reversal finds that it is known.
    assert operator.facts(f"account/{A}") == facts
    assert operator.findings() == []


def test_a_return_after_the_service_was_resumed_opens_the_item_and_leaves_the_service_to_dunning(operator: Operator):
    operator.subscriber("A0003", billing_day=1, due_days=14)
    operator.bill(date(2026, 1, 2))
    sign(operator, "A0003")
    invoice = owed(operator, "A0003")
    stopped = SuspendSubscription(account="A0003", subscription="main", reason="non-payment", on=ON)
    operator.tell(stopped, today=ON)
    drawn_and_sent(operator, "A0003")
    let_happen(operator, COLLECT_ON)
    back = ResumeSubscription(account="A0003", subscription="main", reason="non-payment", on=COLLECT_ON)
    operator.tell(back, today=COLLECT_ON)
    answer(operator, "north-1-1", "returned", "AM04", on=NEXT_ON)
    let_happen(operator, NEXT_ON)
    account = operator.account("A0003")
    assert account.ledger.open_items[invoice].amount == eur("24.00")
    assert operator.select("SELECT status FROM live.subscriptions WHERE account = 'A0003'") == [("active",)]
    assert operator.findings() == []


def test_a_return_of_a_debit_that_was_refunded_in_part_is_owed_whole(operator: Operator):
    drawn_and_sent(operator, A)
    operator.tell(ReceivePayment(account=A, source="desk", reference="1", amount=eur("24.00"), received_on=ON), ON)
    let_happen(operator, COLLECT_ON)
    operator.tell(
        RefundPayment(account=A, payment="debit-north:north-1-1", reason="paid twice", amount=Decimal("20.00")),
        COLLECT_ON,
    )
    assert answer(operator, "north-1-1", "returned", "MD06", on=NEXT_ON)["rejected"] == []

    account = operator.account(A)
    assert account.ledger.balance == eur("0.00")
    assert [str(each.amount) for each in account.pending] == ["20.00 EUR", "3.00 EUR"], "what was refunded, and the fee"
    assert operator.findings() == []


def test_a_return_takes_the_payment_back_from_the_account_to_which_it_was_moved(operator: Operator):
    drawn_and_sent(operator, A)
    let_happen(operator, COLLECT_ON)
    moved = MovePayment(payment="debit-north:north-1-1", from_account=A, to_account=B, reason="mixed up")
    operator.tell(moved, today=COLLECT_ON)
    assert answer(operator, "north-1-1", "returned", "AM04", on=NEXT_ON)["rejected"] == []

    assert operator.account(B).ledger.balance == eur("-24.00")
    assert [each.description for each in operator.account(A).pending] == ["Returned direct debit"]
    assert operator.findings() == []


def test_a_payment_that_a_statement_takes_back_is_followed_once(operator: Operator):
    drawn_and_sent(operator, A)
    let_happen(operator, COLLECT_ON)
    operator.tell(
        ReversePayment(account=A, payment="debit-north:north-1-1", reason="statement 17, line 3: AM04"), today=NEXT_ON
    )
    let_happen(operator, NEXT_ON)
    let_happen(operator, NEXT_ON)
    (drawn,) = batch_now(operator, "north-1").debits.values()
    assert (drawn.state, drawn.reason, drawn.again_on) == ("returned", "AM04", NEXT_ON + timedelta(days=5))
    facts = operator.facts(f"account/{A}")
    assert sum(isinstance(fact, ChargesPosted) and fact.is_by_hand for fact in facts) == 1
    assert answer(operator, "north-1-1", "returned", "AM04", on=NEXT_ON)["unchanged"] == 1
    assert operator.findings() == []


def test_a_return_that_comes_before_the_collection_leaves_no_payment_whatever_comes_late(operator: Operator):
    drawn_and_sent(operator, A)
    answer(operator, "north-1-1", "returned", "MS03", on=ON)
    answer(operator, "north-1-1", "collected")
    let_happen(operator, COLLECT_ON)
    assert payments(operator) == []


def test_a_batch_is_closed_when_nothing_is_awaited(operator: Operator):
    batch = drawn_and_sent(operator, A)
    with pytest.raises(RuleViolation, match="awaits the answer to 1 of its debits"):
        operator.tell(CloseDebitBatch(batch=batch), today=ON)
    let_happen(operator, COLLECT_ON)
    operator.tell(CloseDebitBatch(batch=batch), today=COLLECT_ON)
    assert answer(operator, "north-1-1", "returned", "MD06", on=NEXT_ON)["accepted"] == 1


@pytest.mark.parametrize(
    ("settles", "by_its_day", "by_a_yes"), [("collection-date", 1, 1), ("answer", 0, 1), ("statement", 0, 0)]
)
def test_the_terms_say_by_what_a_debit_is_collected(operator: Operator, settles: str, by_its_day: int, by_a_yes: int):
    terms: DebitTerms = msgspec.structs.replace(USUAL, settles=settles)
    operator.tell(SetDebitTerms(seller="north", terms=terms), today=ON)
    drawn_and_sent(operator, A)
    let_happen(operator, COLLECT_ON)
    assert len(payments(operator)) == by_its_day
    answer(operator, "north-1-1", "accepted")
    assert len(payments(operator)) == by_a_yes
    answer(operator, "north-1-1", "collected")
    assert len(payments(operator)) == 1


def test_an_answer_with_another_amount_is_refused(operator: Operator):
    drawn_and_sent(operator, A)
    wrong = DebitAnswer(end_to_end="north-1-1", outcome="collected", amount=Decimal("23.00"))
    (rejected,) = operator.tell(RecordDebitAnswers(batch="north-1", answers=(wrong,)), today=ON).result["rejected"]
    assert (rejected["field"], rejected["value"]) == ("amount of north-1-1", "23.00")


def test_a_part_of_a_later_invoice_waits_for_its_due_date(operator: Operator):
    operator.subscriber("A0003", since=date(2026, 1, 16), billing_day=16, due_days=30)
    operator.bill(date(2026, 1, 17))
    sign(operator, "A0003")
    assert draw(operator, "A0003")["debits"] == 0
