"""The queue of unmatched payments: by keys alone, with guesses, two clerks, and every act undone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from billing_core.payments.matching_rules import MatchingRules, TextPattern
from commands.payments.account import ReceivePayment, ReversePayment
from commands.payments.remittances import AssignRemittance, ReceiveRemittance, SplitPart, SplitRemittance
from tests.adapters.pages.conftest import FROM_HERE, SignedIn, Visitor, serious_faults
from tests.adapters.pages.test_frame import form_fields
from tests.operators import Operator, eur

QUEUE = "/payments/unmatched"
PAYER = "19-20004821/0800"


@pytest.fixture(autouse=True)
def waiting(operator: Operator) -> None:
    """Two accounts with an open invoice of 24.00 each; 24.00 wait, with two digits of an invoice mixed up, and 7.00."""
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    operator.tell(ReceivePayment(account="A0001", source="bank", reference="B", amount=eur("5.00"), payer_account=PAYER,
                                 received_on=date(2026, 1, 20)))  # fmt: skip
    operator.tell(ReceivePayment(account="A0001", source="bank", reference="C", amount=eur("19.00"),
                                 payer_account=PAYER, received_on=date(2026, 1, 21)))  # fmt: skip
    operator.bill_each_due_date(date(2026, 2, 2))
    receive(operator, "1", "24.00", payment_reference="1000000030", payer="Customer A0001", payer_account=PAYER,
            message="internet")  # fmt: skip
    receive(operator, "2", "7.00", payer="Roh Jan")


def receive(operator: Operator, reference: str, amount: str, **said: Any) -> None:
    operator.tell(ReceiveRemittance(source="bank", reference=reference, amount=eur(amount),
                                    received_on=date(2026, 2, 10), **said))  # fmt: skip
    operator.application.runner.catch_up()


def test_a_clerk_empties_the_queue_with_the_keyboard_alone_and_undoes_it(operator: Operator, visitor: Visitor):
    page = visitor("petra", "accountant")
    page.goto(QUEUE)
    expect(page.get_by_role("heading", name="24.00 EUR from Customer A0001")).to_be_visible()
    expect(page.get_by_text("Bank account paid for it before: 2")).to_be_visible()
    expect(page.get_by_text("Name is the same without accents")).to_be_visible()
    expect(page.get_by_text("Reference is 1000000003 with digits mixed up")).to_be_visible()
    assert serious_faults(page) == []

    page.keyboard.press("1")
    expect(page.get_by_text("The payment is assigned.")).to_be_visible()
    expect(page.get_by_role("heading", name="7.00 EUR from Roh Jan")).to_be_visible()
    page.keyboard.press("i")
    page.locator("select[name=kind]").select_option("subsidy")
    page.locator("input[name=reason]").fill("wireless for the village")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("All money that came in is matched.")).to_be_visible()
    assert len(operator.facts("account/A0001")) > 0

    page.keyboard.press("u")
    expect(page.get_by_text("The money waits again.")).to_be_visible()
    expect(page.get_by_role("heading", name="7.00 EUR from Roh Jan")).to_be_visible()
    page.keyboard.press("b")
    page.locator("input[name=reason]").fill("no customer of ours")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The money goes back to its sender.")).to_be_visible()
    page.goto(f"{QUEUE}/all")
    expect(page.get_by_text("no customer of ours")).to_be_visible()
    assert operator.findings() == []


def test_the_other_customer_is_found_by_the_slash_and_the_effect_is_shown_first(visitor: Visitor):
    page = visitor("petra", "accountant")
    page.goto(f"{QUEUE}?chosen=bank:2")
    page.keyboard.press("/")
    page.locator("input[name=account]").fill("A0002")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Balance after it")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The payment is assigned.")).to_be_visible()


def test_the_first_of_two_clerks_wins_and_the_other_keeps_what_was_typed(operator: Operator, signed_in: SignedIn):
    first, second = signed_in("petra", "accountant"), signed_in("eva", "accountant")
    give_back = f"{QUEUE}/bank:2/give-back"
    typed = form_fields(second.get(give_back).text)
    form = form_fields(first.get(give_back).text)
    assert first.post(give_back, data=form | {"reason": "no customer"}, headers=FROM_HERE).status_code == 303

    told = second.post(give_back, data=typed | {"reason": "sent twice"}, headers=FROM_HERE)

    assert told.status_code == 422
    assert "was given back on" in told.text and "sent twice" in told.text


def test_who_looked_at_more_than_waits_by_now_is_shown_that_and_keeps_what_was_typed(
    operator: Operator, signed_in: SignedIn
):
    clerk = signed_in("petra", "accountant")
    give_back = f"{QUEUE}/bank:2/give-back"
    form = form_fields(clerk.get(give_back).text)
    operator.tell(SplitRemittance(remittance="bank:2", parts=(SplitPart(account="A0002", amount=Decimal(3)),),
                                  rest_waits=True))  # fmt: skip
    operator.application.runner.catch_up()

    told = clerk.post(give_back, data=form | {"reason": "sent twice"}, headers=FROM_HERE)

    assert told.status_code == 422
    assert "Somebody else has changed this" in told.text and "sent twice" in told.text and "4.00" in told.text
    again = clerk.post(give_back, data=form_fields(told.text) | {"reason": "sent twice"}, headers=FROM_HERE)
    assert again.status_code == 303
    assert operator.findings() == []


def test_a_payment_is_split_and_the_rest_waits(operator: Operator, signed_in: SignedIn):
    clerk = signed_in("petra", "accountant")
    split = f"{QUEUE}/bank:1/split"
    form = form_fields(clerk.get(split).text)
    parts = {"parts.0.account": "A0001", "parts.0.amount": "10.00", "parts.1.account": "A0002", "parts.1.amount": "9"}
    refused = clerk.post(split, data=form | parts, headers=FROM_HERE)
    assert refused.status_code == 422 and "the parts leave 5.00 EUR of 24.00 EUR" in refused.text
    assert clerk.post(split, data=form | parts | {"rest_waits": "on"}, headers=FROM_HERE).status_code == 303
    page = clerk.get(f"{QUEUE}?chosen=bank:1").text
    assert "5.00" in page and "10.00\N{NO-BREAK SPACE}EUR to account A0001" in page


def test_the_bank_account_of_the_payer_is_learnt_with_the_assignment(operator: Operator, signed_in: SignedIn):
    clerk = signed_in("petra", "accountant")
    page = clerk.get(QUEUE).text
    first = page.split('action="/payments/unmatched/bank%3A1/assign"')[1].split("</form>")[0]
    form = form_fields(first) | {"learn": "on", "do": "confirm"}
    assert clerk.post(f"{QUEUE}/bank:1/assign", data=form, headers=FROM_HERE).status_code == 303
    operator.application.runner.catch_up()
    assert operator.select("SELECT account, payer_account FROM live.payer_accounts") == [("A0001", PAYER)]


def test_rules_are_set_in_the_set_up(operator: Operator, signed_in: SignedIn):
    eva = signed_in("eva", "administrator")
    page = eva.get("/set-up/sellers/north/matching-rules").text
    assert "invoice-number" in page
    rules = "rungs: [invoice-number, text]\npatterns: [{pattern: 'contract ([0-9]+)', finds: customer}]\n"
    done = eva.post(
        "/set-up/sellers/north/matching-rules", data=form_fields(page) | {"rules": rules}, headers=FROM_HERE
    )
    assert done.status_code == 303, done.text
    (fact,) = operator.facts("matching-rules/north")
    assert fact.rules == MatchingRules(  # type: ignore[attr-defined]
        rungs=("invoice-number", "text"), patterns=(TextPattern(pattern="contract ([0-9]+)", finds="customer"),)
    )
    page = eva.get("/set-up/sellers/north/matching-rules").text
    wrong = eva.post("/set-up/sellers/north/matching-rules", data=form_fields(page) | {"rules": "rungs: [open-amount]"},
                     headers=FROM_HERE)  # fmt: skip
    assert wrong.status_code == 422 and "cannot be the first" in wrong.text


def test_payments_that_were_taken_back_have_a_tab(operator: Operator, signed_in: SignedIn):
    operator.tell(AssignRemittance(remittance="bank:2", account="A0002"))
    clerk = signed_in("petra", "accountant")
    page = clerk.get("/payments/returned").text
    assert "No payment was taken back." in page and "All payments" in page and 'href="/payments/unmatched"' in page
    operator.tell(ReversePayment(account="A0002", payment="bank:2", reason="bounced"))
    operator.application.runner.catch_up()
    assert "bounced" in clerk.get("/payments/returned").text


def test_who_may_only_read_sees_the_queue_without_any_button(signed_in: SignedIn):
    page = signed_in("alan", "auditor").get(QUEUE).text
    assert "Customer A0001" in page and "Assign to" not in page and "Give back" not in page


def test_a_bank_account_that_pays_for_an_account_is_added_and_forgotten(operator: Operator, signed_in: SignedIn):
    clerk = signed_in("petra", "accountant")
    payers = "/accounts/A0001/payer-accounts"
    assert "None is known." in clerk.get(payers).text
    form = form_fields(clerk.get(f"{payers}/new").text)
    assert clerk.post(f"{payers}/new", data=form | {"payer_account": PAYER}, headers=FROM_HERE).status_code == 303
    operator.application.runner.catch_up()
    page = clerk.get(payers).text
    assert PAYER in page
    forget = f"{payers}/forget?payer_account=19-20004821%2F0800"
    assert forget in page and f'value="{PAYER}"' in clerk.get(forget).text
    form = form_fields(clerk.get(f"{payers}/forget").text)
    assert clerk.post(f"{payers}/forget", data=form | {"payer_account": PAYER}, headers=FROM_HERE).status_code == 303
    operator.application.runner.catch_up()
    assert "None is known." in clerk.get(payers).text
