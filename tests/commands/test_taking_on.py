"""A customer is taken on with account, services and contract as one piece of work."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.parties.customers import Customer
from billing_core.staff.roles import NotPermitted, Role
from commands.accounts import load_account
from commands.billing.foreseen import foreseen
from commands.onboarding import AccountToOpen, ContractToDraft, ServiceToActivate, TakeOnCustomer
from commands.parties import load_customer
from commands.staff.limits import Limits
from tests.commands.contracts.examples import FIRST, MAY_15, make_contracts
from tests.operators import Operator, eur

EVA = Customer(number="7", kind="person", name="Eva", legal_ids={"VAT ID": "LV1"})
WHOLE = TakeOnCustomer(
    customer=EVA, account=AccountToOpen(number="7-1", seller="north", currency="EUR"),
    services=(ServiceToActivate(subscription="main", tariff="net"),),
    contract=ContractToDraft(kind="internet", language="en", is_issued=True),
)  # fmt: skip


def changed(**fields: Any) -> TakeOnCustomer:
    return replace(WHOLE, **fields)


def written(operator: Operator) -> int:
    return int(operator.select("SELECT count(*) FROM billing.events")[0][0])


def test_all_of_it_is_done_in_one_write_under_one_id(operator: Operator):
    make_contracts(operator)
    answer = operator.tell(WHOLE, today=MAY_15)
    assert answer.result["customer"] == "7" and answer.result["contract"] == FIRST
    assert any("VAT ID" in warning for warning in answer.result["warnings"])
    events = operator.select(
        "SELECT originator_id, topic FROM billing.events WHERE position > %s ORDER BY position", answer.position - 5
    )
    assert [stream for stream, _ in events] == ["customer/7", "account/7-1", "account/7-1", *[f"contract/{FIRST}"] * 2]
    with operator.application.store.transaction() as transaction:
        account, _ = load_account(transaction, "7-1")
    assert account.subscriptions["main"].timeline[0].on == MAY_15 == account.opened_on


@pytest.mark.parametrize(
    "refused",
    [
        changed(account=AccountToOpen(number="7-1", seller="south", currency="EUR")),
        changed(services=(ServiceToActivate(subscription="main", tariff="gone"),)),
        changed(services=(WHOLE.services[0], WHOLE.services[0])),
        changed(services=(ServiceToActivate(subscription="main", tariff="net", on=date(2026, 5, 1)),)),
        changed(contract=ContractToDraft(kind="gone", language="en")),
        changed(contract=ContractToDraft(kind="internet", language="hy")),
    ],
    ids=["seller", "tariff", "service twice", "before the account", "kind", "language"],
)
def test_if_one_step_is_refused_nothing_is_half_done(operator: Operator, refused: TakeOnCustomer):
    make_contracts(operator)
    before = written(operator)
    with pytest.raises(BillingError):
        operator.tell(refused, today=MAY_15)
    assert written(operator) == before
    with operator.application.store.transaction() as transaction, pytest.raises(BillingError):
        load_customer(transaction, "7")
    assert operator.tell(WHOLE, today=MAY_15).result["contract"] == FIRST, "the number was not lost"


def test_services_and_a_contract_need_an_account(operator: Operator):
    for alone in (changed(account=None, contract=None), changed(account=None, services=())):
        with pytest.raises(InvalidValue, match="need an account"):
            operator.tell(alone, today=MAY_15)
    assert operator.tell(changed(account=None, services=(), contract=None), today=MAY_15).result["customer"] == "7"


def test_the_first_bill_is_foreseen_before_anything_is_written(operator: Operator):
    """Internet at 20.00 with 20 % VAT from 15 May on: 17 of 31 days of May are 10.97, with VAT 13.16; June is 24.00."""
    make_contracts(operator)
    before = written(operator)
    found = foreseen(operator.application.bus, WHOLE, origin_of_process("eva", MAY_15))
    assert found.before == []
    assert [(bill.on, bill.to_pay) for bill in found.after] == [
        (MAY_15, eur("13.16")), (date(2026, 6, 1), eur("24.00")),
    ]  # fmt: skip
    assert written(operator) == before


def test_the_first_bills_are_foreseen_until_each_service_was_on_one(operator: Operator):
    """Internet from 15 May at 20.00, television from 1 July, twice for an agreed 10.00: 40.00 with VAT are 48.00."""
    operator.publish("tv", "12.00")
    tv = ServiceToActivate(subscription="tv", tariff="tv", on=date(2026, 7, 1), quantity=Decimal(2),
                           agreed_prices={"fee": Decimal("10.00")})  # fmt: skip
    both = changed(services=(*WHOLE.services, tv), contract=None)
    found = foreseen(operator.application.bus, both, origin_of_process("eva", MAY_15))
    assert [(bill.on, bill.to_pay) for bill in found.after] == [
        (MAY_15, eur("13.16")), (date(2026, 6, 1), eur("24.00")), (date(2026, 7, 1), eur("48.00")),
    ]  # fmt: skip
    assert [(charge.subscription, charge.from_on) for charge in found.new()] == [
        ("main", MAY_15), ("tv", date(2026, 7, 1)),
    ]  # fmt: skip


def test_if_one_of_several_services_is_refused_none_is_activated(operator: Operator):
    operator.publish("tv", "12.00")
    tv = ServiceToActivate(subscription="tv", tariff="tv")
    before = written(operator)
    several = (*WHOLE.services, tv, ServiceToActivate(subscription="phone", tariff="phone"))
    with pytest.raises(BillingError, match="phone"):
        operator.tell(changed(services=several, contract=None), today=MAY_15)
    assert written(operator) == before
    operator.tell(changed(services=(*WHOLE.services, tv), contract=None), today=MAY_15)
    assert set(operator.account("7-1").subscriptions) == {"main", "tv"}


def test_a_role_for_some_services_takes_nobody_on_with_others(operator: Operator):
    limits = Limits(operator.application.store)
    role = Role(permissions=("onboarding.*.*",), services=("net",))
    limits.require([role], WHOLE, is_worth_unknown=False)
    operator.publish("fast", "39.90")
    both = (*WHOLE.services, ServiceToActivate(subscription="b", tariff="fast", quantity=Decimal(1)))
    with pytest.raises(NotPermitted, match="for this service"):
        limits.require([role], changed(services=both), is_worth_unknown=False)
