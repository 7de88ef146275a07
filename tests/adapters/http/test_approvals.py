"""Four eyes: what is above a limit of a role waits for a second person, and is carried out once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from adapters.actions.cards import OpenCardPage
from adapters.actions.payment_requests import RequestPayment
from adapters.bootstrap.operations import operations
from adapters.jobs.kiosks import CompareRegisterFile
from billing_core.staff.roles import Role
from commands.approvals import APPROVABLE
from commands.bank_statements.statements import TakeBackByMovement
from commands.direct_debit.answers import FollowDebitReturn
from commands.kiosks.payments import PayByKiosk
from commands.payments.remittances import ReceiveRemittance
from commands.staff.operators import DefineRole
from commands.vouchers import OpenVoucherSeries
from tests.adapters.http.conftest import Api, SignedIn
from tests.operators import Operator

EUR_100 = {"EUR": Decimal("100.00")}


def payment(amount: str, **more: str) -> dict[str, str]:
    return {"source": "desk", "reference": amount, "amount": amount, "currency": "EUR", **more}


@pytest.fixture
def account(operator: Operator) -> str:
    till = Role(permissions=("payments.*.*",), amount_limits={"EUR": Decimal("500.00")}, alone_up_to=EUR_100)
    operator.tell(DefineRole(role="till", permits=till))
    return operator.subscriber()


@pytest.fixture
def anna(account: str, signed_in: SignedIn) -> Api:
    return signed_in("anna", "till")


@pytest.fixture
def boris(account: str, signed_in: SignedIn) -> Api:
    return signed_in("boris", "till", "accountant")


def waiting(api: Api, position: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/approval-requests", min_position=position).json()["items"]
    return found


def test_what_is_above_the_limit_waits_and_is_carried_out_once_by_a_second_person(
    anna: Api, boris: Api, admin: Api, account: str, operator: Operator
):
    assert anna.post(f"/accounts/{account}/payments", payment("100.00")).status_code == 201
    key = {"Idempotency-Key": "1"}
    kept = anna.post(f"/accounts/{account}/payments", payment("100.01", payer="Anna K."), **key)

    assert (kept.status_code, kept.json()["is_waiting"]) == (202, True)
    again = anna.post(f"/accounts/{account}/payments", payment("100.01", payer="Anna K."), **key)
    assert (again.status_code, again.json()["is_repeated"], again.json()["result"]) == (
        202,
        True,
        kept.json()["result"],
    )
    request = kept.json()["result"]["request"]
    (row,) = waiting(boris, kept.json()["position"])
    assert (row["request"], row["requested_by"], row["state"]) == (request, "anna", "waiting")
    assert "100.01 EUR" in row["why"]
    card = boris.get(f"/approval-requests/{request}").json()
    assert card["fields"]["amount"] == "100.01" and card["fields"]["payer"] == "Anna K."
    assert operator.account(account).ledger.balance.amount == Decimal("100.00")

    assert anna.post(f"/approval-requests/{request}/approve").status_code == 403
    done = boris.post(f"/approval-requests/{request}/approve", **key)

    assert done.status_code == 200, done.text
    assert operator.account(account).ledger.balance.amount == Decimal("200.01")
    repeated = boris.post(f"/approval-requests/{request}/approve", **key).json()
    assert repeated["is_repeated"] and repeated["position"] == done.json()["position"]
    refused = boris.post(f"/approval-requests/{request}/approve")
    assert (refused.status_code, "was approved by boris" in refused.text) == (422, True)
    assert operator.account(account).ledger.balance.amount == Decimal("200.01")
    assert waiting(boris, done.json()["position"]) == []
    changes = admin.get("/changes", customer=account).json()["items"]
    received = next(change for change in changes if change["event"] == "payment-received")
    assert (received["actor"], received["requested_by"]) == ("boris", "anna")
    assert {"approval-requested", "request-approved"} <= {change["event"] for change in changes}


def test_nobody_approves_the_own_request(boris: Api, account: str, operator: Operator, signed_in: SignedIn):
    operator.tell(DefineRole(role="approver", permits=Role(permissions=("approvals.*.*",))))
    chief = signed_in("chief", "till", "approver")
    request = chief.post(f"/accounts/{account}/payments", payment("101.00")).json()["result"]["request"]

    refused = chief.post(f"/approval-requests/{request}/approve")

    assert (refused.status_code, "a second person" in refused.text) == (422, True)
    assert operator.account(account).ledger.balance.amount == 0


def test_who_approves_must_be_permitted_the_command(anna: Api, account: str, signed_in: SignedIn, operator: Operator):
    operator.tell(DefineRole(role="approver", permits=Role(permissions=("approvals.*.*",))))
    other = signed_in("other", "approver")
    request = anna.post(f"/accounts/{account}/payments", payment("101.00")).json()["result"]["request"]

    refused = other.post(f"/approval-requests/{request}/approve")

    assert (refused.status_code, refused.json()["value"]) == (403, "payments.change.receive-payment")


def test_above_the_highest_amount_nothing_waits(anna: Api, boris: Api, account: str):
    assert anna.post(f"/accounts/{account}/payments", payment("500.01")).status_code == 403
    assert anna.post(f"/accounts/{account}/payments", payment("101.00", currency="USD")).status_code == 403
    assert waiting(boris, 1) == []


def test_what_could_not_be_carried_out_does_not_wait(anna: Api, boris: Api):
    assert anna.post("/accounts/none/payments", payment("101.00")).status_code == 404
    assert waiting(boris, 1) == []


def test_a_dry_run_says_that_it_would_wait(anna: Api, boris: Api, account: str):
    said = anna.post(f"/accounts/{account}/payments?dry_run=true", payment("101.00"))

    assert (said.status_code, said.json()["is_waiting"], said.json()["position"]) == (200, True, 0)
    assert waiting(boris, 1) == []


def test_a_rejected_request_is_never_carried_out(anna: Api, boris: Api, account: str, operator: Operator):
    request = anna.post(f"/accounts/{account}/payments", payment("101.00")).json()["result"]["request"]
    done = boris.post(f"/approval-requests/{request}/reject", {"reason": "wrong account"})

    assert done.status_code == 200
    assert "was rejected by boris" in boris.post(f"/approval-requests/{request}/approve").text
    (row,) = boris.get("/approval-requests", all="true", min_position=done.json()["position"]).json()["items"]
    assert (row["state"], row["decided_by"], row["reason"]) == ("rejected", "boris", "wrong account")
    assert operator.account(account).ledger.balance.amount == 0


def test_what_waits_is_kept_encrypted(anna: Api, boris: Api, account: str, operator: Operator):
    anna.post(f"/accounts/{account}/payments", payment("101.00", payer="Anna K."))
    ((state,),) = operator.select("SELECT state FROM billing.events WHERE topic = 'approval-requested/1'")
    assert b"Anna K." not in bytes(state)


def test_every_command_that_a_limit_can_make_wait_can_be_approved():
    """What the limits read is a field that names an amount, or a thing that has one."""
    counted: set[Any] = set()
    for struct, operation in operations().items():
        names = {field.name for field in msgspec.structs.fields(struct)}
        if operation.kind == "change" and (
            {"amount", "payment", "charge"} & names or operation.concern.is_worth_unknown
        ):
            counted.add(struct)

    of_no_account = {ReceiveRemittance, OpenVoucherSeries}
    own_command_waits = {OpenCardPage, RequestPayment}
    said_by_machines = {FollowDebitReturn, TakeBackByMovement, PayByKiosk, CompareRegisterFile}
    assert counted - set(APPROVABLE) == of_no_account | own_command_waits | said_by_machines
