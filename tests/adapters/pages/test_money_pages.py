"""Payments, unmatched money, dunning and promises."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from billing_core.kernel.money import Money
from billing_core.promises import PromiseTerms
from commands.bank_statements.statements import RegisterBankAccount
from commands.payments.account import ReceivePayment
from commands.payments.remittances import ReceiveRemittance
from commands.promises import KeepPromise, OpenPromise, SetPromiseTerms
from tests.adapters.banks.camt_text import Entry, balance, message, statement
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.test_frame import form_fields
from tests.adapters.pages.test_jobs import work
from tests.operators import Operator, eur

BANK_FILE = b"""source,reference,received_on,amount,currency,payment_reference,payer
bank,P1,2026-01-10,24.00,EUR,A0001,Anna
bank,P2,2026-01-11,10.00,EUR,nobody,
bank,P3,2026-01-11,ten,EUR,A0001,
"""


def test_payments_of_all_accounts_are_listed_the_newest_first(signed_in: SignedIn, operator: Operator):
    for number, day in (("A0001", 5), ("A0002", 7)):
        operator.subscriber(number)
        operator.tell(ReceivePayment(account=number, source="bank", reference=f"R{day}", amount=eur("10.00"),
                                     received_on=date(2026, 1, day)), today=date(2026, 1, 20))  # fmt: skip
    operator.application.runner.catch_up()
    clerk = signed_in("petra", "accountant")
    page = clerk.get("/payments").text
    assert page.index("bank:R7") < page.index("bank:R5") and "+10.00" in page
    later = clerk.get("/payments", params={"from": "2026-01-06"}).text
    assert "bank:R7" in later and "bank:R5" not in later
    assert "bank:R7" not in clerk.get("/payments", params={"after": "2026-01-07 bank:R7"}).text


def test_a_bank_file_is_imported_and_what_is_unmatched_is_assigned(signed_in: SignedIn, operator: Operator):
    operator.subscriber()
    clerk = signed_in("petra", "accountant")
    fields = form_fields(clerk.get("/payments/import").text)
    started = clerk.post("/payments/import", data=fields | {"do": "rehearse"}, files={"file": ("b.csv", BANK_FILE)},
                         headers=FROM_HERE)  # fmt: skip
    assert started.status_code == 303, started.text
    work(operator)
    rehearsed = clerk.get(started.headers["location"]).text
    assert "Refused" in rehearsed and "ten" in rehearsed
    assert operator.select("SELECT count(*) FROM live.payments") == [(0,)]

    started = clerk.post("/payments/import", data=form_fields(clerk.get("/payments/import").text) | {"do": "start"},
                         files={"file": ("b.csv", BANK_FILE)}, headers=FROM_HERE)  # fmt: skip
    work(operator)
    imported = clerk.get(started.headers["location"]).text
    assert "1 of 2 payments found their account." in imported and "To the unmatched payments" in imported
    assert "bank:P2" in clerk.get("/payments/unmatched").text
    assign = "/payments/unmatched/bank:P2/assign"
    typed = {"account": "A0001", "do": "preview"}
    shown = clerk.post(assign, data=form_fields(clerk.get(assign).text) | typed, headers=FROM_HERE).text
    assert "Balance after it" in shown
    done = clerk.post(assign, data=form_fields(shown) | typed | {"do": "confirm"}, headers=FROM_HERE)
    assert done.status_code == 303, done.text
    assert "All money that came in is matched." in clerk.get("/payments/unmatched").text
    assert "Assigned" in clerk.get("/payments/unmatched/all").text


def test_a_statement_whose_sums_do_not_close_is_said_where_it_was_imported(signed_in: SignedIn, operator: Operator):
    operator.tell(RegisterBankAccount(iban="CZ6508000000192000145399", seller="north"))
    balances = balance("OPBD", "1.00") + balance("CLBD", "2.00")
    wrong = message(statement([Entry(amount="24.00", on="2026-01-10")], balances))
    clerk = signed_in("petra", "accountant")
    started = clerk.post("/payments/import", data=form_fields(clerk.get("/payments/import").text) | {"do": "start"},
                         files={"file": ("b.xml", wrong)}, headers=FROM_HERE)  # fmt: skip
    work(operator)
    imported = clerk.get(started.headers["location"]).text
    assert "waits whole" in imported and "-23.00" in imported


def test_unknown_money_is_given_back(signed_in: SignedIn, operator: Operator):
    operator.tell(ReceiveRemittance(source="bank", reference="X", amount=Money(Decimal(5), "EUR"), payer="Roh Jan"))
    operator.application.runner.catch_up()
    clerk = signed_in("petra", "accountant")
    assert "Roh Jan" in clerk.get("/payments/unmatched").text
    form = form_fields(clerk.get("/payments/unmatched/bank:X/give-back").text)
    empty = clerk.post("/payments/unmatched/bank:X/give-back", data=form, headers=FROM_HERE)
    assert empty.status_code == 422
    clerk.post("/payments/unmatched/bank:X/give-back", data=form | {"reason": "sent twice"}, headers=FROM_HERE)
    assert "sent twice" in clerk.get("/payments/unmatched/all").text


def test_who_is_overdue_is_listed_and_a_promise_puts_it_off(signed_in: SignedIn, operator: Operator):
    operator.tell(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=5)))
    operator.subscriber()
    operator.bill(date(2026, 2, 1))
    clerk = signed_in("petra", "accountant")
    assert "Customer A0001" in clerk.get("/dunning").text
    assert "Nobody who was suspended has paid since." in clerk.get("/dunning/resumptions").text
    assert clerk.get("/dunning/promises").status_code == 200
    operator.tell(OpenPromise(account="A0001", until=datetime.now(UTC).date() + timedelta(3)))
    operator.application.runner.catch_up()
    assert "Exempt" in clerk.get("/dunning").text
    promised = clerk.get("/dunning/promises").text
    assert "A0001" in promised and "/accounts/A0001/promise/keep" in promised
    operator.tell(KeepPromise(account="A0001"))
    operator.application.runner.catch_up()
    assert "Kept" in clerk.get("/dunning/promises", params={"all": "on"}).text
