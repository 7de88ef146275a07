"""Operators, roles and what each may do."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.staff.operators import (
    ApiKey,
    ApiKeyIssued,
    Operator,
    OperatorClosed,
    OperatorRegistered,
    OperatorReopened,
    OperatorRolesChanged,
    apply_operator,
    change_roles,
    close_operator,
    issue_api_key,
    register_operator,
    reopen_operator,
    revoke_api_key,
)
from billing_core.staff.roles import PERMISSION, READY_ROLES, Role, RoleDefined, define_role, narrowed, permits

ON = date(2026, 3, 2)
ANNA = Operator("anna", "Anna", ("cashier",))
CASHIER = READY_ROLES["cashier"]
HALL = ApiKeyIssued(effective_on=ON, operator="anna", key="hall", purpose="kiosk", secret_hash="ab")


def folded(*facts: Event) -> Operator:
    operator = None
    for fact in facts:
        operator = apply_operator(operator, fact)
    assert operator is not None
    return operator


@pytest.mark.parametrize(
    ("granted", "wanted", "is_permitted"),
    [
        ("payments.change.*", "payments.change.receive-payment", True),
        ("payments.change.*", "payments.read.list-payments", False),
        ("*.read.*", "audit.read.list-changes", True),
        ("*.read.*", "parties.change.register-customer", False),
        ("parties.*.*", "accounts.read.show-account", False),
        ("*.*.*", "staff.change.define-role", True),
        ("payments.change.receive", "payments.change.receive-payment", False),
        ("*.*.*", "staff", False),
        ("*.*.*", "staff.change.define-role.twice", False),
    ],
)
def test_a_permission_is_covered_part_by_part(granted: str, wanted: str, is_permitted: bool):
    assert permits([granted], wanted) is is_permitted


def test_of_several_roles_one_is_enough_and_none_permits_nothing():
    assert permits(("parties.read.*", "payments.change.*"), "payments.change.receive-payment")
    assert not permits((), "payments.change.receive-payment")


@given(st.lists(st.sampled_from(["*", "payments", "parties"]), min_size=1), st.sampled_from(["payments", "parties"]))
def test_more_permissions_never_permit_less(areas: list[str], area: str):
    granted = [f"{each}.change.*" for each in areas]

    allowed = [permits(granted[:count], f"{area}.change.any") for count in range(len(granted) + 1)]

    assert allowed == sorted(allowed)


PARTS = st.sampled_from(["*", "a", "b"])
SOME = st.lists(st.builds("{}.{}.{}".format, PARTS, st.sampled_from(["*", "read", "change"]), PARTS), max_size=4)


@given(SOME, SOME, st.sampled_from(["a.read.a", "a.read.b", "b.change.a", "b.change.b"]))
def test_permissions_narrowed_to_others_permit_what_both_do(granted: list[str], to: list[str], wanted: str):
    assert permits(narrowed(granted, to), wanted) == (permits(granted, wanted) and permits(to, wanted))


def test_every_ready_role_is_made_of_well_formed_permissions():
    for permissions in READY_ROLES.values():
        assert all(PERMISSION.fullmatch(permission) for permission in permissions)


@pytest.mark.parametrize("wrong", ["payments", "payments.receive-payment", "a.b.c", "payments.change.", "PAYMENTS.*.*"])
def test_a_permission_of_another_form_is_refused(wrong: str):
    with pytest.raises(InvalidValue, match="other parts than area, change or read, and name"):
        define_role(None, "desk", Role(permissions=(wrong,)), ON)


def test_a_role_is_defined_once_and_the_administrators_not_at_all():
    (fact,) = define_role(None, "desk", Role(permissions=("parties.read.*",)), ON)
    assert isinstance(fact, RoleDefined) and fact.permits.permissions == ("parties.read.*",)
    assert define_role(fact.permits, "desk", fact.permits, ON) == []
    with pytest.raises(RuleViolation, match="permits everything"):
        define_role(None, "administrator", Role(permissions=()), ON)


def test_an_operator_is_registered_with_a_role_and_again_changes_nothing():
    (fact,) = register_operator(None, ANNA, ON)
    assert isinstance(fact, OperatorRegistered)
    assert register_operator(folded(fact), ANNA, ON) == []
    with pytest.raises(RuleViolation, match="registered already"):
        register_operator(folded(fact), msgspec.structs.replace(ANNA, roles=("support",)), ON)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"roles": ()}, "at least one"), ({"code": "Anna K"}, "letters a to z"), ({"name": " "}, "must be a name")],
)
def test_an_operator_that_makes_no_sense_is_refused(wrong: dict[str, Any], why: str):
    with pytest.raises(InvalidValue, match=why):
        register_operator(None, msgspec.structs.replace(ANNA, **wrong), ON)


def test_a_closed_operator_has_no_keys_and_works_again_without_them():
    facts = [*register_operator(None, ANNA, ON), HALL]
    assert folded(*facts).keys == {"hall": ApiKey("kiosk", "ab", None)}

    facts += close_operator(folded(*facts), "boss", "left", ON)
    assert folded(*facts).is_closed and folded(*facts).keys == {}
    assert isinstance(facts[-1], OperatorClosed)
    assert close_operator(folded(*facts), "boss", "left", ON) == []
    with pytest.raises(RuleViolation, match="is closed"):
        issue_api_key(folded(*facts), HALL, [])

    facts += reopen_operator(folded(*facts), ON)
    assert isinstance(facts[-1], OperatorReopened)
    assert not folded(*facts).is_closed and folded(*facts).roles == ("cashier",)


def test_nobody_closes_his_own_account():
    with pytest.raises(RuleViolation, match="is you"):
        close_operator(ANNA, "anna", "left", ON)


def test_other_roles_replace_those_before():
    (fact,) = change_roles(ANNA, ("support", "desk"), ON)
    assert isinstance(fact, OperatorRolesChanged)
    assert apply_operator(ANNA, fact) == msgspec.structs.replace(ANNA, roles=("support", "desk"))
    assert change_roles(ANNA, ("cashier",), ON) == []


def test_a_key_is_in_use_until_it_is_revoked():
    with_key = folded(*register_operator(None, ANNA, ON), HALL)
    with pytest.raises(RuleViolation, match="is in use"):
        issue_api_key(with_key, HALL, [])

    (revoked,) = revoke_api_key(with_key, "hall", ON)

    without = apply_operator(with_key, revoked)
    assert without is not None and without.keys == {}
    assert issue_api_key(without, HALL, []) == [HALL]
    with pytest.raises(NotFound):
        revoke_api_key(without, "hall", ON)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"key": "a.b"}, "letters a to z"),
        ({"expires_on": date(2026, 3, 1)}, "has passed"),
        ({"networks": ("10.0.0.1/8",)}, "is no network"),
        ({"permissions": ("payments",)}, "other parts than"),
        ({"permissions": ("payments.read.*", "staff.*.*")}, "staff.*.*.* is none that a role of the operator gives"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(wrong: dict[str, Any], why: str):
    with pytest.raises(BillingError, match=why):
        issue_api_key(ANNA, msgspec.structs.replace(HALL, **wrong), CASHIER)
