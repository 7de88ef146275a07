"""What kiosks and wallets send is done once, and answered in their own words, whatever happens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.bootstrap.application import Application
from adapters.kiosks import PROTOCOLS
from adapters.kiosks.other_side import TAKEN, written
from billing_core.kernel.errors import ConnectionLost
from billing_core.kernel.money import Money
from billing_core.kiosks.connections import KioskCurrency, Protocol
from billing_core.party_changes import CustomerChanges
from commands.accounts import OpenAccount
from commands.kiosks.connections import ChangeKioskSecret, SwitchKiosk
from commands.parties import ChangeCustomer
from commands.payments.account import ReceivePayment
from commands.platform.bus import Answer, Command, OutcomeUnknown
from commands.platform.ports import Origin
from tests.adapters.kiosks.desk import NOW, TODAY, Counter
from tests.operators import Operator, eur

WALLETS = ("idram", "telcell")


@pytest.fixture
def payer(operator: Operator) -> Operator:
    operator.subscribers(2)
    return operator


def balance(operator: Operator, account: str = "A0001") -> Decimal:
    return operator.account(account).ledger.balance.amount


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_payment_is_taken_once_and_gets_its_first_answer_for_ever(payer: Operator, protocol: Protocol):
    counter = Counter(payer, protocol)
    message = written(counter.said("pay", 17), counter.side)

    first = counter.send(message)
    counter.now += timedelta(minutes=1)
    counter.open()
    again = counter.send(written(counter.said("pay", 17), counter.side))

    assert counter.result(first) == TAKEN[protocol]
    assert again.body == first.body
    assert counter.paid() == {counter.id_of(17): "12.50"}
    assert balance(payer) == Decimal("12.50")
    assert payer.findings() == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_same_id_with_another_amount_or_payer_is_refused_and_kept(payer: Operator, protocol: Protocol):
    counter = Counter(payer, protocol)
    counter.say("pay", 17)

    amount, account = counter.say("pay", 17, minor=1251), counter.say("pay", 17, "A0002")

    assert TAKEN[protocol] not in (amount, account)
    assert counter.paid() == {counter.id_of(17): "12.50"}
    assert [(row.verdict, row.transaction) for row in counter.refusals()] == [("known", counter.id_of(17))] * 2
    assert counter.say("pay", 17) == TAKEN[protocol]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_forged_message_is_refused_and_kept(payer: Operator, protocol: Protocol):
    counter = Counter(payer, protocol)
    forged = counter.side._replace(secret="a guess of mine")

    answer = counter.result(counter.send(written(counter.said("pay", 17), forged), "203.0.113.9"))

    assert answer != TAKEN[protocol]
    assert counter.paid() == {}
    assert [(row.verdict, row.sent_from) for row in counter.refusals()] == [("forged", "203.0.113.9")]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_late_payment_is_refused_and_kept(payer: Operator, protocol: Protocol):
    counter = Counter(payer, protocol)
    late = counter.said("pay", 17)._replace(at=NOW - timedelta(days=4))

    assert counter.result(counter.send(written(late, counter.side))) != TAKEN[protocol]
    assert counter.paid() == {}
    assert [row.verdict for row in counter.refusals()] == ["late"]


def test_a_message_that_is_replayed_is_refused_and_kept(payer: Operator):
    counter = Counter(payer, "signed-json")
    message = written(counter.said("pay", 17), counter.side)

    answers = [counter.result(counter.send(message)) for _ in range(2)]

    assert answers == ["ok", "replayed"]
    assert [row.verdict for row in counter.refusals()] == ["replayed"]


@pytest.mark.parametrize("protocol", ["osmp", "epay", "signed-json"])
def test_who_is_not_known_is_refused_for_good(payer: Operator, protocol: Protocol):
    counter = Counter(payer, protocol)
    first = counter.say("pay", 17, "A0003")
    payer.tell(OpenAccount(account="A0003", customer="A0001", seller="north", currency="EUR"), today=TODAY)

    assert counter.say("pay", 17, "A0003") == first != TAKEN[protocol]
    assert counter.say("pay", 18, "A0003") == TAKEN[protocol]
    assert counter.paid() == {counter.id_of(18): "12.50"}


@pytest.mark.parametrize("protocol", WALLETS)
def test_money_that_a_wallet_has_taken_for_nobody_waits(payer: Operator, protocol: Protocol):
    counter = Counter(payer, protocol)

    assert counter.say("pay", 17, "NOBODY") == counter.say("pay", 17, "NOBODY") == "OK"
    assert counter.paid() == {"17": "12.50"}
    payer.application.runner.catch_up()
    assert payer.select("SELECT remittance, state FROM live.remittances") == [(f"kiosk-{protocol}:17", "waiting")]
    assert payer.findings() == []


def test_a_check_stores_nothing_but_that_it_was_refused(payer: Operator):
    payer.bill(date(2026, 2, 2))
    counter = Counter(payer, "osmp")
    before = payer.store_contents()

    reply = counter.send(written(counter.said("check", 1), counter.side))

    assert b"<result>0</result>" in reply.body and b'<field2 name="owed">48.00</field2>' in reply.body
    assert payer.store_contents() == before
    assert counter.say("check", 2, "NOBODY") == "5"
    assert [(row.step, row.verdict) for row in counter.refusals()] == [("check", "unknown-payer")]


def test_epay_is_answered_what_is_owed(payer: Operator):
    counter = Counter(payer, "epay")
    assert counter.say("check", 1) == "62"

    payer.bill(date(2026, 2, 2))

    reply = counter.send(written(counter.said("check", 1), counter.side))
    assert b'"AMOUNT": 4800' in reply.body and b'"VALIDTO": "20260303"' in reply.body


def test_limits_of_a_connection_have_answers_of_their_own(payer: Operator):
    counter = Counter(payer, "osmp", least=Decimal(1), most=Decimal(500))

    assert [counter.say("pay", number, minor=minor) for number, minor in ((1, 99), (2, 50_001), (3, 50_000))] == [
        "241", "242", "0"
    ]  # fmt: skip


def test_a_connection_that_is_switched_off_asks_to_try_later_and_takes_the_same_payment_then(payer: Operator):
    counter = Counter(payer, "osmp")
    payer.tell(SwitchKiosk(kiosk="osmp", is_on=False, reason="is moved"))
    assert counter.say("pay", 17) == "1"

    payer.tell(SwitchKiosk(kiosk="osmp", is_on=True, reason="is back"))
    counter.open()

    assert counter.say("pay", 17) == "0"


def test_only_the_allowed_networks_are_answered(payer: Operator):
    counter = Counter(payer, "osmp", networks=("198.51.100.0/24",))
    message = written(counter.said("pay", 17), counter.side)

    assert counter.result(counter.send(message, "203.0.113.9")) == "8"
    assert counter.result(counter.send(message, "198.51.100.7")) == "0"
    assert [row.verdict for row in counter.refusals()] == ["not-allowed"]


def test_for_a_day_the_secret_before_holds_too(payer: Operator):
    counter = Counter(payer, "osmp")
    payer.tell(ChangeKioskSecret(kiosk="osmp", secret="another one of them"))
    counter.open()
    assert counter.say("pay", 17) == "0"

    payer.execute("UPDATE billing.webhook_secrets SET ends_at = %s WHERE ends_at IS NOT NULL", NOW)
    counter.open()

    assert counter.say("pay", 18) == "8"
    assert list(counter.paid()) == ["17"]


def test_a_payment_is_taken_back_on_the_same_day_alone(payer: Operator):
    counter = Counter(payer, "osmp")
    for number in (17, 18):
        counter.say("pay", number)

    assert (counter.say("cancel", 17), counter.say("cancel", 17)) == ("0", "0")
    assert counter.say("pay", 17) == "0"  # Its first answer; nothing is paid by it.
    assert balance(payer) == Decimal("12.50")
    counter.now += timedelta(days=1)
    assert (counter.say("cancel", 18), counter.say("cancel", 19)) == ("7", "7")
    assert balance(payer) == Decimal("12.50")
    assert [(row.step, row.transaction) for row in counter.refusals()] == [("cancel", "19"), ("cancel", "18")]
    assert payer.findings() == []


def test_stotinki_are_no_cents(payer: Operator):
    currencies = (
        KioskCurrency(from_on=date(2020, 1, 1), currency="BGN"), KioskCurrency(from_on=date(2026, 1, 1), currency="EUR")
    )  # fmt: skip
    counter = Counter(payer, "epay", NOW.replace(month=1, day=1), currencies=currencies)
    before = counter.said("pay", 17)._replace(at=NOW.replace(year=2025, month=12, day=31))

    assert counter.result(counter.send(written(before, counter.side))) == "96"
    assert counter.say("pay", 18) == "00"
    assert counter.paid() == {counter.id_of(18): "12.50"}
    assert counter.refusals()[0].reason == "12.50 BGN cannot be paid to an account in EUR"


@pytest.mark.parametrize(
    ("key", "typed", "result"),
    [("customer", "A0001", "0"), ("customer", "A0009", "5"), ("invoice", "1000000001", "0"), ("invoice", "1", "5"),
     ("phone", "+420 601 123 456", "0"), ("phone", "601999999", "5"), ("phone", "456", "5")],
)  # fmt: skip
def test_payers_type_what_was_agreed(payer: Operator, key: str, typed: str, result: str):
    payer.bill(date(2026, 2, 2))
    payer.tell(ChangeCustomer(number="A0001", changes=CustomerChanges(phone="+420601123456")))
    payer.application.runner.catch_up()
    counter = Counter(payer, "osmp", payer_key=key)

    assert counter.say("pay", 17, typed) == result
    if result == "0" and key == "phone":
        (taken,) = payer.facts("kiosk-transaction/osmp:17")
        assert taken.typed == "...456"  # type: ignore[attr-defined]


def test_a_customer_with_two_accounts_is_not_guessed(payer: Operator):
    payer.tell(OpenAccount(account="A0003", customer="A0001", seller="north", currency="EUR"), today=TODAY)
    counter = Counter(payer, "osmp", payer_key="customer")
    assert counter.say("pay", 17, "A0001") == "5"


def test_the_same_payment_in_two_threads_is_taken_once(payer: Operator):
    counter = Counter(payer, "osmp")
    message = written(counter.said("pay", 17), counter.side)

    with ThreadPoolExecutor(8) as threads:
        bodies = {reply.body for reply in threads.map(lambda _: counter.send(message), range(16))}

    assert len(bodies) == 1
    assert counter.paid() == {"17": "12.50"}


class Lost:
    """An application whose answers are lost once, after the commit or before it."""

    def __init__(self, application: Application, *, after: bool) -> None:
        self._application, self._after, self._is_lost = application, after, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._application, name)

    def execute(self, command: Command, origin: Origin) -> Answer:
        if self._is_lost:
            return self._application.execute(command, origin)
        self._is_lost = True
        if self._after:
            self._application.execute(command, origin)
            raise OutcomeUnknown("the connection was lost")
        raise ConnectionLost("the connection was lost")


@pytest.mark.parametrize(("after", "said"), [(True, "90"), (False, "1")])
def test_an_answer_that_was_lost_is_the_first_answer_when_the_payment_comes_again(
    payer: Operator, after: bool, said: str
):
    counter = Counter(payer, "osmp")
    counter.desk._app = Lost(payer.application, after=after)  # type: ignore[assignment]

    assert counter.say("pay", 17) == said
    assert len(counter.paid()) == after
    assert (counter.say("pay", 17), counter.say("pay", 17)) == ("0", "0")
    assert counter.paid() == {"17": "12.50"}


def test_money_that_somebody_recorded_from_the_register_is_not_booked_twice(payer: Operator):
    known = ReceivePayment(account="A0001", source="kiosk-osmp", reference="17", amount=eur("12.50"), received_on=TODAY)
    payer.tell(known, today=TODAY)
    counter = Counter(payer, "osmp")

    assert counter.say("pay", 17) == "0"
    assert balance(payer) == Decimal("12.50")
    assert payer.findings() == []


def test_of_a_flood_of_forged_messages_some_are_kept_and_all_are_counted(payer: Operator):
    counter = Counter(payer, "osmp")
    forged = counter.side._replace(secret="a guess of mine")
    for number in range(25):
        counter.send(written(counter.said("pay", number), forged))
    limits = counter.desk._limit._kinds
    limits["osmp", "forged"] = (-1e9, *limits["osmp", "forged"][1:])  # A minute later.
    counter.send(written(counter.said("pay", 99), forged))

    rows = counter.refusals()
    assert (len(rows), rows[0].left_out) == (11, 15)


def test_an_unknown_connection_has_no_answer(payer: Operator):
    counter = Counter(payer, "osmp")
    incoming = written(counter.said("pay", 17), counter.side).as_incoming(NOW)
    assert counter.desk.take("nobody", incoming) is None


def test_payments_are_of_the_kind_of_their_connection(payer: Operator):
    for protocol in ("osmp", "idram"):
        Counter(payer, protocol).say("pay", 17)
    payer.application.runner.catch_up()
    assert payer.select("SELECT payment, method FROM live.payments ORDER BY 1") == [
        ("kiosk-idram:17", "wallet"), ("kiosk-osmp:17", "kiosk"),
    ]  # fmt: skip
    assert Money(Decimal("25.00"), "EUR") == payer.account("A0001").ledger.balance
