"""Files of the bank and of the post: repeated, late, in any order, and with ids that nobody drew."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from adapters.banks.fake_bank import Rules, answers
from adapters.bootstrap.collection_files import file_bytes, load_collection_file
from adapters.jobs.direct_debit import DrawDebits, draw_debits
from billing_core.direct_debit.terms import DebitTerms
from billing_core.kernel.errors import RuleViolation
from billing_core.payments.events import PaymentReceived, PaymentReversed
from commands.direct_debit.terms import SetDebitTerms
from commands.payments.account import ReversePayment
from tests.commands.direct_debit.payers import (
    COLLECT_ON,
    ON,
    USUAL,
    A,
    B,
    batch_now,
    draw,
    drawn_and_sent,
    let_happen,
    mandate_now,
    owed,
    read_file,
    send,
    set_up_payers,
    sign,
    states,
    work_on,
)
from tests.operators import Operator

NEXT_ON = COLLECT_ON + timedelta(days=1)
SIPO_TERMS = msgspec.structs.replace(USUAL, sipo_recipient="123456", sipo_fee_code="101", notice="invoice")


def the_file(operator: Operator, batch: str) -> bytes:
    return operator.application.bus.look(lambda transaction: file_bytes(load_collection_file(transaction, batch)))


def test_the_file_is_there_once_it_is_frozen_and_always_the_same(operator: Operator):
    set_up_payers(operator, A, B)
    batch = draw(operator, A, B)["batch"]
    with pytest.raises(RuleViolation, match="freeze it first"):
        the_file(operator, batch)
    send(operator, batch)
    first = the_file(operator, batch)
    let_happen(operator, COLLECT_ON)
    assert the_file(operator, batch) == first
    assert b"M-A0002" in first
    assert b"CZ6508000000192000145399" in first


def test_a_bank_that_misbehaves_leaves_every_debit_with_its_one_end(operator: Operator, tmp_path: Path):
    """pain.002 twice, with an unknown id, in another order, and a late yes; returns reverse payments meanwhile."""
    set_up_payers(operator, A, B)
    batch = drawn_and_sent(operator, A, B)
    rules = Rules(0, 0, rejections={f"{batch}-2": "AM04"}, returns={f"{batch}-1": "MD06"})
    files = answers(the_file(operator, batch), rules, seed=7)
    assert [file.name for file in files] == [
        "1-accepted.xml", "2-accepted-again.xml", "3-returned.xml", "4-settled-late.xml", "5-accepted-at-last.xml",
        "6-returned-again.xml",
    ]  # fmt: skip
    reports = []
    for file in files:
        path = tmp_path / file.name
        path.write_bytes(file.content)
        if "returned" not in file.name:  # Statements are read by the import of statements.
            reports.append(read_file(operator, path))
    first, again, late, last = reports
    assert (first.accepted, [row.value for row in first.rejected]) == (2, [f"{batch}-99999"])
    assert [(report.accepted, len(report.rejected)) for report in (again, late, last)] == [(0, 0)] * 3
    assert states(operator, batch) == {f"{batch}-1": "collected", f"{batch}-2": "rejected"}

    payment = f"debit-north:{batch}-1"
    operator.tell(ReversePayment(account=A, payment=payment, reason="statement 9: MD06"), today=NEXT_ON)
    let_happen(operator, NEXT_ON)
    for report in (read_file(operator, tmp_path / file.name, NEXT_ON) for file in files if "returned" not in file.name):
        assert report.accepted == 0
    assert states(operator, batch) == {f"{batch}-1": "returned", f"{batch}-2": "rejected"}
    facts = operator.facts(f"account/{A}")
    assert sum(isinstance(fact, PaymentReceived) for fact in facts) == 1
    assert sum(isinstance(fact, PaymentReversed) for fact in facts) == 1
    assert operator.findings() == []


def test_a_whole_file_that_is_rejected_rejects_each_debit(operator: Operator, tmp_path: Path):
    set_up_payers(operator, A, B)
    batch = drawn_and_sent(operator, A, B)
    path = tmp_path / "status.xml"
    path.write_text(
        f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><OrgnlGrpInfAndSts>
        <OrgnlMsgId>{batch}</OrgnlMsgId><GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>
        </OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"""
    )
    assert read_file(operator, path).accepted == 2
    assert set(states(operator, batch).values()) == {"rejected"}
    assert read_file(operator, path).unchanged == 2


def test_two_months_of_sipo_collect_whole_crowns_and_carry_the_hellers(operator: Operator, tmp_path: Path):
    """291.25 net and 20 % VAT are 349.50 a month: 349 in January, 350 in February."""
    set_up_payers(operator)
    operator.publish("tv", "291.25", currency="CZK")
    operator.tell(SetDebitTerms(seller="north", terms=SIPO_TERMS), today=ON)
    operator.subscriber(A, tariff="tv", currency="CZK", billing_day=1, due_days=14, until=date(2026, 3, 1))
    operator.bill(date(2026, 1, 2))
    sign(operator, A, scheme="sipo", payer_account="1234567897")
    drawn = []
    for month, paid in ((1, b"  349.00"), (2, b"  350.00")):
        on, collect_on = date(2026, month, 16), date(2026, month, 20)
        operator.bill(date(2026, month, 2))
        (made,) = draw_debits(DrawDebits(seller="north", collect_on=collect_on), work_on(operator, on)).batches
        drawn.append(made.amount)
        send(operator, made.batch, on)
        path = tmp_path / f"ZA{month}"
        path.write_bytes(b"1234561234567897%02d2026101 %b20.%02d.2026\r\n" % (month, paid, month))
        assert read_file(operator, path, collect_on, batch=made.batch).accepted == 1
        assert read_file(operator, path, collect_on, batch=made.batch).unchanged == 1
    assert drawn == ["349.00 CZK", "350.00 CZK"]
    assert operator.account(A).ledger.open_items == {}
    assert b"   350.00   349.00north-2-1 " in the_file(operator, "north-2")
    payment = next(fact for fact in operator.facts(f"account/{A}") if isinstance(fact, PaymentReceived))
    assert (payment.method, payment.effective_on) == ("sipo", date(2026, 1, 20))
    assert operator.findings() == []


def test_what_the_post_rejects_and_what_was_not_paid(operator: Operator, tmp_path: Path):
    set_up_payers(operator)
    operator.publish("tv", "300.00", currency="CZK")
    operator.tell(SetDebitTerms(seller="north", terms=SIPO_TERMS), today=ON)
    for account, number in ((A, "1234567897"), (B, "0000000017")):
        operator.subscriber(account, tariff="tv", currency="CZK", billing_day=1, due_days=14, until=date(2026, 2, 1))
        operator.bill(date(2026, 1, 2))
        sign(operator, account, scheme="sipo", payer_account=number)
    collect_on = date(2026, 1, 20)
    (made,) = draw_debits(DrawDebits(seller="north", collect_on=collect_on), work_on(operator, ON)).batches
    send(operator, made.batch)
    rejected, unpaid = tmp_path / "ZZ", tmp_path / "ZN"
    rejected.write_bytes(the_file(operator, made.batch).splitlines()[0] + b"D\r\n")
    assert read_file(operator, rejected, batch=made.batch).accepted == 1
    in_file = the_file(operator, made.batch).splitlines()[1][9:19]
    unpaid.write_bytes(
        b"123456%b012026101   360.0020.01.2026\r\n1234569999999999012026101   360.0020.01.2026\r\n" % in_file
    )
    report = read_file(operator, unpaid, batch=made.batch, unpaid=True)
    assert (report.accepted, [row.line for row in report.rejected]) == (1, [2])
    batch = batch_now(operator, made.batch)
    assert [(drawn.state, drawn.reason) for drawn in batch.debits.values()] == [
        ("rejected", "SIPO-D"), ("returned", "SIPO-UNPAID")
    ]  # fmt: skip
    first, second = (drawn.debit.mandate for drawn in batch.debits.values())
    assert (mandate_now(operator, first).state, mandate_now(operator, second).state) == ("suspended", "active")


def test_a_mandate_lapses_after_36_months_without_a_debit(operator: Operator):
    set_up_payers(operator, A)
    drawn_and_sent(operator, A)
    let_happen(operator, COLLECT_ON)
    assert mandate_now(operator, f"M-{A}").lapses_on == date(2029, 1, 30)
    let_happen(operator, date(2029, 1, 5))  # 36 months after it was signed
    let_happen(operator, date(2029, 1, 29))
    assert mandate_now(operator, f"M-{A}").state == "active"
    let_happen(operator, date(2029, 1, 30))
    assert mandate_now(operator, f"M-{A}").state == "lapsed"
    sign(operator, A, "M-new", signed_on=date(2029, 1, 30))


def test_czech_collections_are_drawn_as_an_order(operator: Operator):
    set_up_payers(operator)
    terms: DebitTerms = msgspec.structs.replace(USUAL, domestic_account="2900123458/2010")
    operator.publish("tv", "300.00", currency="CZK")
    operator.tell(SetDebitTerms(seller="north", terms=terms), today=ON)
    operator.subscriber(A, tariff="tv", currency="CZK", billing_day=1, due_days=14, until=date(2026, 2, 1))
    operator.bill(date(2026, 1, 2))
    sign(operator, A, scheme="czech-collection", payer_account="34278-727558021/0100")
    (made,) = draw_debits(DrawDebits(seller="north", collect_on=COLLECT_ON), work_on(operator, ON)).batches
    send(operator, made.batch)
    invoice = owed(operator)
    expected = f"34278-727558021 36000 0000100001 01000000 0 AV:{A} {invoice}"
    assert the_file(operator, made.batch).decode("cp1250").splitlines()[3] == expected
    assert made.amount == f"{Decimal('360.00')} CZK"


def test_returns_in_a_camt_file_take_payments_back_by_their_reason(operator: Operator, tmp_path: Path):
    set_up_payers(operator, A, B)
    batch = drawn_and_sent(operator, A, B)
    let_happen(operator, COLLECT_ON)
    rules = Rules(0, 0, returns={f"{batch}-1": "MD06", f"{batch}-2": "AM04"}, misbehaves=False)
    *_, returned = answers(the_file(operator, batch), rules, seed=1)
    path = tmp_path / returned.name
    path.write_bytes(returned.content)
    assert read_file(operator, path, NEXT_ON).accepted == 2
    assert read_file(operator, path, NEXT_ON).unchanged == 2
    drawn = batch_now(operator, batch).debits.values()
    assert [(each.state, each.reason) for each in drawn] == [("returned", "MD06"), ("returned", "AM04")]
    assert (mandate_now(operator, f"M-{A}").state, mandate_now(operator, f"M-{B}").state) == ("ended", "active")
    path.write_bytes(returned.content.replace(f"{batch}-1".encode(), b"other-1-1"))
    report = read_file(operator, path, NEXT_ON)
    assert (report.unchanged, [row.value for row in report.rejected]) == (1, ["other-1-1"])
    assert operator.findings() == []
