"""Statement, webhook, kiosk and desk in any order, each more than once and among each other: each payment once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_core.payments.events import PaymentReceived
from commands.cash.takings import TakePayment
from projections.money_in import money_in
from tests.adapters.cards.cashing import DUE_ON, Cashing, cashing_with
from tests.adapters.kiosks.desk import Counter
from tests.commands.bank_statements import statements as bank
from tests.commands.cash import tills
from tests.operators import Operator, application_on, fresh_database

FIRST = bank.movement("24.00", "S1", "1000000001"), bank.movement("7.00", "S2", "A0002")
STATEMENTS = {
    "first": bank.statement(*FIRST),
    "second": bank.statement(FIRST[1], bank.movement("5.00", "S3", "A0001"), number="2"),
}
HAPPENINGS = (
    *(("statement", name) for name in STATEMENTS), *(("kiosk", number) for number in ("17", "18")),
    *(("desk", number) for number in ("1", "2")), *(("webhook", place) for place in ("0", "1")),
)  # fmt: skip


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(HAPPENINGS * 2))
def test_each_payment_is_booked_once(server_url: str, opened_business: str, order: Sequence[tuple[str, str]]):
    with (
        fresh_database(server_url, opened_business) as url,
        application_on(url) as application,
        cashing_with(Operator(application, url)) as cashing,
    ):
        _play(cashing, order)


def _play(cashing: Cashing, order: Sequence[tuple[str, str]]) -> None:
    operator = cashing.operator
    bank.register(operator)
    tills.register(operator)
    session = tills.open_till(operator)
    kiosk = Counter(operator, "osmp")
    cashing.gateway.pay_page(cashing.payment(cashing.open_page(DUE_ON)).reference)
    for source, which in order:
        match source:
            case "statement":
                bank.take_in(operator, STATEMENTS[which])
            case "kiosk":
                assert kiosk.say("pay", int(which)) == "0"
            case "desk":
                command = TakePayment(desk="H1", account="A0002", amount=Decimal("3.00"))
                operator.tell(command, tills.MONDAY, uuid5(NAMESPACE_OID, which), "petra")
            case _:
                cashing.call_back(cashing.gateway.callbacks[int(which) % len(cashing.gateway.callbacks)], DUE_ON)

    facts = [fact for account in ("A0001", "A0002") for fact in operator.facts(f"account/{account}")]
    paid = sorted(f"{fact.payment} {fact.amount.amount:f}" for fact in facts if isinstance(fact, PaymentReceived))
    receipts = [f"desk-H1:H1-000{number} 3.00" for number in (1, 2)]
    of_card = next(each for each in paid if each.startswith("stripe:"))
    assert paid == sorted([
        "bank:S1 24.00", "bank:S2 7.00", "bank:S3 5.00", "kiosk-osmp:17 12.50", "kiosk-osmp:18 12.50", of_card,
        *receipts,
    ])  # fmt: skip
    assert tills.session_of(operator, session).till.amount == Decimal("6.00")
    operator.application.runner.catch_up()
    assert sum(row.received for row in operator.ask(money_in)) == Decimal("67.00") + Decimal(of_card.split()[1])
    assert operator.findings() == []
