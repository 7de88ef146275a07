"""Operators, roles, passwords and keys on the command line."""

from __future__ import annotations

from tests.adapters.cli.conftest import Billing


def test_an_operator_is_registered_listed_and_gets_a_key(billing: Billing):
    assert "No operators are registered yet." in billing("staff").output
    billing("do", "register-operator", "operator=kiosk", "name=Kiosk in the hall", "roles=cashier")

    token = billing("staff", "key", "kiosk", "hall", "--for", "a test", "--until", "2099-01-01").output.strip()

    assert token.startswith("key.kiosk.hall.")
    (listed,) = billing("staff", "--json").json["operators"]
    assert (listed["operator"], listed["roles"]) == ("kiosk", ["cashier"])
    (key,) = listed["keys"]
    assert (key["key"], key["purpose"], key["expires_on"], key["networks"]) == ("hall", "a test", "2099-01-01", [])
    assert token.rpartition(".")[2] not in billing("audit", "--json").output


def test_a_key_may_be_for_some_networks_and_permissions(billing: Billing):
    billing("do", "register-operator", "operator=kiosk", "name=Kiosk", "roles=cashier")
    limits = ("--from", "10.1.0.0/16", "--from", "192.0.2.7", "--permits", "payments.change.receive-payment")

    assert billing("staff", "key", "kiosk", "hall", "--for", "a test", *limits).code == 0

    listed = billing("staff").output
    assert "hall (10.1.0.0/16, 192.0.2.7, payments.change.receive-payment)" in " ".join(listed.split())
    refused = billing("staff", "key", "kiosk", "more", "--for", "a test", "--permits", "staff.*.*")
    assert refused.code == 1 and "is none that a role of the operator gives" in refused.errors


def test_a_password_is_asked_for_twice_and_a_short_one_is_refused(billing: Billing):
    billing("do", "register-operator", "operator=anna", "name=Anna", "roles=cashier")
    ended = billing("staff", "password", "anna", given="correct horse battery\ncorrect horse battery\n")
    assert "The password of anna was changed." in ended.output

    short = billing("staff", "password", "anna", given="short\nshort\n")

    assert short.code == 1 and "12 to 200 characters" in short.errors


def test_breaking_the_glass_lets_an_administrator_in_whatever_was_done(billing: Billing):
    first = billing("staff", "break-glass")
    assert "The one-time password of administrator is " in first.output
    billing("do", "change-roles", "operator=administrator", "roles=cashier")
    billing("do", "close-operator", "operator=administrator", "reason=locked out")

    assert billing("staff", "break-glass").code == 0

    (listed,) = billing("staff", "--json").json["operators"]
    assert (listed["roles"], listed["is_closed"]) == (["administrator"], False)
    billing("do", "allow-addresses", "networks=192.0.2.0/24")
    assert billing("staff", "break-glass").code == 0
    assert "everybody may work from every address" in billing("audit").output
    assert "operator administrator works again" in billing("audit").output


def test_roles_and_permissions_are_listed(billing: Billing):
    billing("do", "define-role", "role=desk", "permissions=parties.read.*,payments.change.receive-payment")

    roles = {role["code"]: role["permissions"] for role in billing("staff", "roles", "--json").json["roles"]}

    assert roles["desk"] == ["parties.read.*", "payments.change.receive-payment"]
    assert roles["administrator"] == ["*.*.*"]
    assert "payments.change.receive-payment" in billing("staff", "permissions").output.splitlines()


def test_a_role_with_a_malformed_permission_is_refused(billing: Billing):
    ended = billing("do", "define-role", "role=desk", "permissions=payments")

    assert ended.code == 1 and "other parts than area, change or read, and name" in ended.errors


def test_the_first_administrator_is_registered_with_the_database(empty_billing: Billing):
    ended = empty_billing("init", "--administrator", "anna")

    assert "The one-time password of anna is " in ended.output
    (listed,) = empty_billing("staff", "--json").json["operators"]
    assert (listed["operator"], listed["roles"]) == ("anna", ["administrator"])
    again = empty_billing("init", "--administrator", "anna")
    assert again.code == 1 and "is registered already" in again.errors
