"""Batches of pay-backs as commands: drawn up, frozen, sent, returned, and the file for the bank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from lxml import etree

from adapters.bootstrap.jobs import Work
from adapters.bootstrap.origins import origin_of_process
from adapters.jobs.pay_backs import DrawUpPayBacks, draw_up_pay_backs
from adapters.views.pay_backs import WritePayBackFile
from adapters.views.query import Reading, queries
from billing_core.kernel.errors import BillingError, NotFound, RuleViolation
from billing_core.parties.number_series import NumberSeries
from billing_core.party_changes import CustomerChanges, SellerChanges
from billing_core.payments.advances import AdvanceCorrected, AdvanceTerms
from billing_core.payments.events import CreditPaidOut, PayOutReturned
from commands.parties import ChangeCustomer, ChangeSeller, OpenNumberSeries
from commands.pay_backs import (
    CancelPayBackBatch,
    ClosePayBackBatch,
    DrawUpPayBackBatch,
    FreezePayBackBatch,
    ReturnPayBack,
    SendPayBackBatch,
    TakeOffPayBackBatch,
)
from commands.payments.account import ReceivePayment
from commands.payments.advances import SetAdvanceTerms, TaxAdvances
from commands.payments.giving_back import PayOut, ReturnPayOut
from commands.platform.progress import Progress
from projections.advances import WantedAdvances, advance_documents
from projections.money_in import money_in
from projections.pay_backs import pay_back_batch, pay_back_items
from tests.operators import Operator, application_on, eur, silent

TODAY, BATCH = date(2026, 6, 1), "north-1"
IBANS = ("CZ6508000000192000145399", "LV80BANK0000435195001", "DE89370400440532013000")
OF_SELLER = "SK3112000000198742637541"


@pytest.fixture(autouse=True)
def overpaid(operator: Operator) -> None:
    """Four accounts with credit: paid from one bank account, from two, in cash with a registered one, and in cash."""
    operator.subscribers(4)
    pay(operator, "A0001", "12.00", IBANS[0])
    pay(operator, "A0001", "3.00", IBANS[0])
    pay(operator, "A0002", "5.00", IBANS[0])
    pay(operator, "A0002", "6.00", IBANS[1])
    pay(operator, "A0003", "7.00", "")
    pay(operator, "A0004", "8.00", "")
    operator.tell(ChangeCustomer(number="A0003", changes=CustomerChanges(iban=IBANS[2])), TODAY)
    operator.tell(ChangeSeller(code="north", changes=SellerChanges(iban=OF_SELLER)), TODAY)


def pay(operator: Operator, account: str, amount: str, payer_account: str) -> None:
    number = len(operator.store_contents()["events"])
    operator.tell(
        ReceivePayment(account=account, source="bank", reference=str(number), amount=eur(amount), received_on=TODAY,
                       payer_account=payer_account), TODAY,
    )  # fmt: skip


def draw_up(operator: Operator, *accounts: str) -> dict[str, object]:
    result: dict[str, object] = operator.tell(
        DrawUpPayBackBatch(seller="north", currency="EUR", accounts=accounts or ("A0001", "A0002", "A0003", "A0004")),
        TODAY,
    ).result
    return result


def file_of(operator: Operator, batch: str = BATCH, version: str = "pain.001.001.09") -> bytes:
    app = operator.application
    query = WritePayBackFile(batch=batch, version=version)  # type: ignore[arg-type]
    content: bytes = queries()[WritePayBackFile](query, Reading(app, app.queries, TODAY)).content
    return content


def states(operator: Operator) -> dict[str, str]:
    return {row.account: row.state for row in operator.ask(pay_back_items, BATCH)}


def test_money_goes_back_to_where_it_came_from_or_to_the_registered_account(operator: Operator):
    assert draw_up(operator) == {
        "batch": BATCH, "accounts": 2, "amount": "22.00", "currency": "EUR",
        "left_out": {
            "A0002": "came from several bank accounts, and the customer has registered none",
            "A0004": "no bank account of the customer is known",
        },
    }  # fmt: skip
    assert states(operator) == {"A0001": "listed", "A0002": "left out", "A0003": "listed", "A0004": "left out"}
    assert operator.account("A0001").ledger.balance == eur("15.00"), "nothing is paid out before it is frozen"
    with pytest.raises(RuleViolation, match="its file is written when it is frozen"):
        file_of(operator)
    assert operator.findings() == []


@pytest.mark.parametrize("version", ["pain.001.001.03", "pain.001.001.09", "pain.001.001.11"])
def test_a_frozen_batch_is_one_file_in_the_version_of_the_bank(operator: Operator, version: str):
    draw_up(operator)
    operator.tell(FreezePayBackBatch(batch=BATCH, pay_on=date(2026, 6, 3)), TODAY)
    content = file_of(operator, version=version)
    root = etree.fromstring(content)

    def texts(name: str) -> list[str]:
        return [element.text for element in root.iter(f"{{*}}{name}")]

    assert texts("MsgId") == [f"PB-{BATCH}"]
    assert texts("InstdAmt") == ["15.00", "7.00"]
    assert texts("IBAN") == [OF_SELLER, IBANS[0], IBANS[2]]
    assert texts("EndToEndId") == ["PB north-1 1", "PB north-1 2"]
    assert texts("CtrlSum") == ["22.00", "22.00"]
    assert "2026-06-03" in texts("Dt") + texts("ReqdExctnDt")
    assert file_of(operator, version=version) == content, "the same batch is the same file"


def test_each_account_is_paid_out_once_by_freezing_and_what_is_short_is_taken_off(operator: Operator):
    draw_up(operator)
    operator.tell(PayOut(account="A0003", reason="in cash", amount=Decimal("1.00")), TODAY)
    answer = operator.tell(FreezePayBackBatch(batch=BATCH), TODAY)

    assert answer.result == {"paid_out": 1, "short": ["A0003"]}
    assert states(operator)["A0003"] == "taken off"
    assert operator.account("A0001").ledger.balance == eur("0.00")
    assert operator.account("A0003").ledger.balance == eur("6.00")
    with pytest.raises(RuleViolation, match="is frozen; it must be drawn up"):
        operator.tell(FreezePayBackBatch(batch=BATCH), TODAY)
    paid = [fact for fact in operator.facts("account/A0001") if isinstance(fact, CreditPaidOut)]
    assert [fact.batch for fact in paid] == [BATCH]
    (row,) = operator.ask(money_in)
    assert (row.received, row.unused, row.returned) == (Decimal("41.00"), Decimal("25.00"), Decimal("16.00"))
    assert operator.findings() == []


def test_tax_documents_on_what_is_paid_back_are_corrected_with_it(operator: Operator):
    series = NumberSeries(prefix="9", width=9)
    operator.tell(OpenNumberSeries(seller="north", kind="advance", series=series), TODAY)
    terms = AdvanceTerms(vat_rate=Decimal(21), after_days=0)
    operator.tell(SetAdvanceTerms(seller="north", terms=terms), TODAY)
    for account in ("A0001", "A0002", "A0003"):
        operator.tell(TaxAdvances(account=account), TODAY)
    draw_up(operator)
    operator.tell(FreezePayBackBatch(batch=BATCH), TODAY)

    left = Counter[str]()
    for row in operator.ask(advance_documents, WantedAdvances(), "", 100):
        left[row.account] += int(row.gross.amount * 100)
    assert left == {"A0001": 0, "A0002": 1100, "A0003": 0}
    reasons = [fact.reason for fact in operator.facts("advances/A0001") if isinstance(fact, AdvanceCorrected)]
    assert reasons == ["paid back by batch north-1", "paid back by batch north-1"]
    assert operator.findings() == []


def test_two_who_freeze_at_once_pay_out_once(operator: Operator):
    draw_up(operator)
    with application_on(operator.database_url) as second, ThreadPoolExecutor(2) as threads:
        other = Operator(second, operator.database_url)
        tried = [threads.submit(each.tell, FreezePayBackBatch(batch=BATCH), TODAY) for each in (operator, other)]
        failures = [each.exception(60) for each in tried]

    (failure,) = [each for each in failures if each is not None]
    assert isinstance(failure, BillingError)
    assert operator.account("A0001").ledger.balance == eur("0.00")
    assert operator.findings() == []


def test_what_the_bank_returns_is_credit_again(operator: Operator):
    draw_up(operator)
    operator.tell(FreezePayBackBatch(batch=BATCH), TODAY)
    with pytest.raises(RuleViolation, match="is frozen; it must be sent or closed"):
        operator.tell(ReturnPayBack(batch=BATCH, account="A0001", reason="account closed"), TODAY)
    operator.tell(SendPayBackBatch(batch=BATCH), TODAY)
    operator.tell(ReturnPayBack(batch=BATCH, account="A0001", reason="account closed"), TODAY)
    operator.tell(ClosePayBackBatch(batch=BATCH), TODAY)

    assert operator.account("A0001").ledger.balance == eur("15.00")
    with pytest.raises(RuleViolation, match="was returned on 2026-06-01 already"):
        operator.tell(ReturnPayBack(batch=BATCH, account="A0001", reason="again"), TODAY)
    with pytest.raises(NotFound, match="is not on the batch"):
        operator.tell(ReturnPayBack(batch=BATCH, account="A0002", reason="x"), TODAY)
    (fact,) = [each for each in operator.facts("account/A0001") if isinstance(each, PayOutReturned)]
    assert fact.batch == BATCH
    row = operator.ask(pay_back_batch, BATCH)
    assert (row.state, row.accounts, row.returned, row.amount) == ("closed", 2, 1, eur("22.00"))
    assert draw_up(operator, "A0001")["batch"] == "north-2", "what came back may be paid back by the next batch"
    assert operator.findings() == []


def test_what_a_clerk_took_back_on_the_account_is_not_given_again_by_the_batch(operator: Operator):
    draw_up(operator)
    operator.tell(FreezePayBackBatch(batch=BATCH), TODAY)
    operator.tell(SendPayBackBatch(batch=BATCH), TODAY)
    operator.tell(ReturnPayOut(account="A0001", credit=paid_out_of(operator, "A0001"), reason="closed"), TODAY)
    operator.tell(ReturnPayBack(batch=BATCH, account="A0001", reason="account closed"), TODAY)

    assert operator.account("A0001").ledger.balance == eur("15.00")
    operator.tell(ReturnPayOut(account="A0003", credit=paid_out_of(operator, "A0003"), reason="closed"), TODAY)
    operator.tell(ReturnPayBack(batch=BATCH, account="A0003", reason="closed"), TODAY)
    assert operator.account("A0003").ledger.balance == eur("7.00")
    assert operator.findings() == []


def test_cancelling_a_frozen_batch_gives_back_only_what_did_not_come_back_yet(operator: Operator):
    draw_up(operator)
    operator.tell(FreezePayBackBatch(batch=BATCH), TODAY)
    operator.tell(ReturnPayOut(account="A0003", credit=paid_out_of(operator, "A0003"), reason="never left"), TODAY)
    operator.tell(CancelPayBackBatch(batch=BATCH, reason="wrong bank"), TODAY)

    assert [operator.account(each).ledger.balance for each in ("A0001", "A0003")] == [eur("15.00"), eur("7.00")]
    assert operator.findings() == []


def paid_out_of(operator: Operator, account: str) -> str:
    """The credit that was paid out of an account last."""
    facts = [fact for fact in operator.facts(f"account/{account}") if isinstance(fact, CreditPaidOut)]
    return facts[-1].parts[0].credit


@pytest.mark.parametrize("is_frozen", [False, True])
def test_a_batch_that_was_not_sent_is_cancelled_and_the_accounts_have_their_credit(operator: Operator, is_frozen: bool):
    draw_up(operator)
    operator.tell(TakeOffPayBackBatch(batch=BATCH, account="A0003", reason="moves to another account"), TODAY)
    if is_frozen:
        operator.tell(FreezePayBackBatch(batch=BATCH), TODAY)
    operator.tell(CancelPayBackBatch(batch=BATCH, reason="wrong day"), TODAY)
    assert operator.account("A0001").ledger.balance == eur("15.00")
    assert list(operator.account("A0001").ledger.credits.values()) == [eur("12.00"), eur("3.00")]
    with pytest.raises(RuleViolation, match="is cancelled"):
        operator.tell(SendPayBackBatch(batch=BATCH), TODAY)
    assert operator.findings() == []


def test_a_batch_that_would_pay_nothing_back_is_not_drawn_up(operator: Operator):
    with pytest.raises(RuleViolation, match="A0004 no bank account of the customer is known"):
        draw_up(operator, "A0004")
    operator.tell(ReceivePayment(account="A0004", source="bank", reference="czk", amount=eur("1.00")), TODAY)
    with pytest.raises(RuleViolation, match="is kept in EUR for seller north"):
        operator.tell(DrawUpPayBackBatch(seller="north", currency="CZK", accounts=("A0001",)), TODAY)


def test_a_job_draws_up_what_is_old_and_large_enough(operator: Operator):
    @contextmanager
    def watch(what: str, unit: str, count: int | None) -> Iterator[Progress]:
        yield silent

    origin = origin_of_process("clerk", date(2026, 7, 1))
    work = Work(operator.application, origin, watch, datetime.now(UTC), is_dry_run=True)
    asked = DrawUpPayBacks(seller="north", older_than_days=29, at_least=Decimal("8.00"))
    with pytest.raises(RuleViolation, match="no account is named"):
        draw_up_pay_backs(DrawUpPayBacks(seller="north", older_than_days=31), work)
    dry = draw_up_pay_backs(asked, work)
    assert (dry["accounts"], dry["amount"], set(dry["left_out"])) == (1, "15.00", {"A0002", "A0004"})
    assert operator.ask(pay_back_batch, BATCH) is None
    done = draw_up_pay_backs(asked, work._replace(is_dry_run=False))
    assert done == dry
    assert operator.ask(pay_back_batch, BATCH).amount == eur("15.00")
    assert operator.findings() == []


def test_a_file_needs_the_bank_account_of_the_seller(operator: Operator):
    draw_up(operator)
    operator.tell(FreezePayBackBatch(batch=BATCH), TODAY)
    operator.tell(ChangeSeller(code="north", changes=SellerChanges(iban=None)), TODAY)
    with pytest.raises(RuleViolation, match="has no IBAN from which to pay"):
        file_of(operator)
