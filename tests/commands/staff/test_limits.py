"""What a role with limits may do: on which services, and up to which amount by one command."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.approvals import NeedsApproval
from billing_core.catalogue.products import Product
from billing_core.staff.roles import NotPermitted, Role
from commands.billing.account import ChargeOnce
from commands.catalogue import DefineProduct
from commands.corrections.payment import MovePayment
from commands.corrections.waiver import WaiveCharge
from commands.payments.account import ReceivePayment, ReversePayment
from commands.platform.bus import Command
from commands.services.status import ActivateSubscription, SuspendSubscription
from commands.staff.limits import Limits
from tests.operators import Operator, eur

DESK = Role(permissions=("*.*.*",), amount_limits={"EUR": Decimal("30.00")}, alone_up_to={"EUR": Decimal("10.00")})
INTERNET = Role(permissions=("*.*.*",), services=("internet",))
FREE = Role(permissions=("*.*.*",))


@pytest.fixture
def limits(operator: Operator) -> Limits:
    operator.tell(DefineProduct(product=Product(code="internet", name="Internet")))
    operator.tell(DefineProduct(product=Product(code="fiber", name="Fiber", parent="internet")))
    operator.publish("fast", "30.00", product="fiber")
    operator.subscriber("A0001")
    operator.subscriber("A0002", tariff="fast")
    operator.bill(date(2026, 2, 2))
    return Limits(operator.application.store)


def is_alone(limits: Limits, command: Command, *roles: Role) -> bool:
    try:
        limits.require(roles, command, is_worth_unknown=False)
    except NeedsApproval:
        return False
    return True


def payment(amount: str) -> ReceivePayment:
    return ReceivePayment(account="A0001", source="desk", reference=amount, amount=eur(amount))


def test_an_amount_is_done_alone_waits_or_is_not_permitted(limits: Limits):
    assert is_alone(limits, payment("10.00"), DESK)
    assert not is_alone(limits, payment("10.01"), DESK)
    with pytest.raises(NotPermitted):
        is_alone(limits, payment("30.01"), DESK)


def test_a_charge_counts_in_the_currency_of_its_account(limits: Limits):
    charge = ChargeOnce(account="A0001", description="Visit", amount=Decimal("-11.00"), vat_rate=Decimal(20))

    assert not is_alone(limits, charge, DESK)


def test_a_payment_or_charge_that_is_named_counts_with_its_amount(limits: Limits, operator: Operator):
    operator.tell(payment("31.00"))
    ((charge,),) = operator.ask(lambda cursor: cursor.execute(
        "SELECT key FROM charges WHERE account = 'A0001' LIMIT 1").fetchall())  # fmt: skip

    for command in (
        ReversePayment(account="A0001", payment="desk:31.00", reason="bounced"),
        MovePayment(payment="desk:31.00", from_account="A0001", to_account="A0002", reason="mixed up"),
    ):
        with pytest.raises(NotPermitted):
            is_alone(limits, command, DESK)
    assert not is_alone(limits, WaiveCharge(account="A0001", charge=charge, reason="outage"), DESK)  # 20.00 EUR


def test_a_command_whose_amount_shows_only_when_decided_is_above_every_limit(limits: Limits):
    with pytest.raises(NotPermitted):
        limits.require([DESK], payment("1.00"), is_worth_unknown=True)


def test_a_role_is_limited_to_a_product_and_all_below_it(limits: Limits):
    sell = ActivateSubscription(account="A0001", subscription="second", tariff="fast")
    assert is_alone(limits, sell, INTERNET)
    assert is_alone(limits, SuspendSubscription(account="A0002", subscription="main", reason="abuse"), INTERNET)
    with pytest.raises(NotPermitted):
        is_alone(limits, SuspendSubscription(account="A0001", subscription="main", reason="abuse"), INTERNET)


def test_one_role_without_limits_is_enough(limits: Limits):
    assert is_alone(limits, payment("31.00"), DESK, FREE)


def test_what_one_role_permits_no_other_one_extends(limits: Limits):
    """`INTERNET` has no limit of amounts, but a payment is no service; so it permits the payment."""
    with pytest.raises(NotPermitted):
        is_alone(limits, ActivateSubscription(account="A0001", subscription="x", tariff="net"), INTERNET)
    assert is_alone(limits, payment("31.00"), DESK, INTERNET)
