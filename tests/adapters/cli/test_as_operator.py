"""The command line in the name of an operator who signs in: the rights hold, and the LOG names who it was."""

from __future__ import annotations

import pytest
from pyotp import TOTP

from adapters.postgres.sessions import PostgresSessions
from tests.adapters.cli.conftest import Billing
from tests.operators import application_on

PASSWORD = "correct horse battery"
PAY_SOME = (
    "do", "receive-payment", "account=1", "source=desk", "reference=1", "currency=EUR", "received_on=2026-02-01",
)  # fmt: skip
PAY = (*PAY_SOME, "amount=24.00")


@pytest.fixture
def anna(opened: Billing) -> Billing:
    """A cashier with a password, whose role permits 100.00 EUR alone and 500.00 EUR at all."""
    role = ("permissions=payments.change.receive-payment", "alone_up_to.EUR=100.00", "amount_limits.EUR=500.00")
    assert opened("do", "define-role", "role=till", *role).code == 0
    assert opened("do", "register-operator", "operator=anna", "name=Anna", "roles=till").code == 0
    assert opened("staff", "password", "anna", given=f"{PASSWORD}\n{PASSWORD}\n").code == 0
    return opened


def refused(billing: Billing) -> list[tuple[str, str, str]]:
    kept = billing("refused-attempts", "--json").json["refused_attempts"]
    return [(each["actor"], each["attempt"], each["code"]) for each in kept]


def test_what_the_roles_permit_is_done_in_the_operators_name(anna: Billing):
    ended = anna("--as", "anna", *PAY, given=f"{PASSWORD}\n")

    assert ended.code == 0, ended.errors
    assert "receive-payment is done, at position " in ended.output and PASSWORD not in ended.errors
    (change,) = anna("audit", "--event", "payment-received", "--json").json["changes"]
    assert (change["actor"], change["role"], change["channel"]) == ("anna", "till", "command line")
    assert anna.select("SELECT count(*) FROM billing.sessions") == [(0,)]


def test_what_they_do_not_permit_is_refused_and_kept(anna: Billing):
    with anna.nothing_written():
        ended = anna("--as", "anna", "do", "close-operator", "operator=anna", "reason=x", given=f"{PASSWORD}\n")

    assert ended.code == 1 and "none of the roles of anna permits it" in ended.errors
    assert refused(anna) == [("anna", "staff.change.close-operator", "not-permitted")]


def test_a_wrong_password_is_refused_and_kept_and_five_lock(anna: Billing):
    for _ in range(5):
        assert "operator or password is wrong" in anna("--as", "anna", *PAY, given="wrong\n").errors

    assert "failed too often" in anna("--as", "anna", *PAY, given=f"{PASSWORD}\n").errors
    assert refused(anna)[-1] == ("anna", "sign-in", "not-signed-in")
    unknown = anna("--as", "nobody", *PAY, given="wrong\n")
    assert "operator or password is wrong" in unknown.errors and refused(anna)[0][0] == "unknown"


def test_above_the_limit_it_waits_for_a_second_person(anna: Billing):
    ended = anna("--as", "anna", *PAY_SOME, "amount=200.00", "--json", given=f"{PASSWORD}\n")

    assert ended.code == 0 and ended.json["is_waiting"] is True
    assert ended.json["result"]["request"] in anna("approvals").output
    above = anna("--as", "anna", *PAY_SOME, "amount=500.01", given=f"{PASSWORD}\n")
    assert above.code == 1 and "is above what the roles permit" in above.errors


def test_an_api_key_signs_in_without_a_question_unless_it_is_anothers_or_for_other_networks(anna: Billing):
    key = anna("staff", "key", "anna", "till", "--for", "a test").output.strip()
    assert anna("--as", "anna", *PAY, BILLING_API_KEY=key).code == 0

    assert anna("do", "register-operator", "operator=berta", "name=Berta", "roles=till").code == 0
    other = anna("--as", "berta", *PAY, BILLING_API_KEY=key)
    assert other.code == 1 and "is another operator's" in other.errors and key not in other.errors
    far = anna("staff", "key", "anna", "far", "--for", "a test", "--from", "10.0.0.0/8").output.strip()
    assert "is not one from which this operator may work" in anna("--as", "anna", *PAY, BILLING_API_KEY=far).errors


def test_a_second_factor_is_asked_for(anna: Billing):
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    with application_on(anna.database_url) as app:
        PostgresSessions(app.tables).set_up_second_factor("anna", secret, [])
    assert anna("do", "enable-second-factor", "operator=anna").code == 0

    assert anna("--as", "anna", *PAY, given=f"{PASSWORD}\n000000\n").code == 1
    assert anna("--as", "anna", *PAY, given=f"{PASSWORD}\n{TOTP(secret).now()}\n").code == 0


@pytest.mark.parametrize("words", [("customers",), ("run",), ("worker",), ("--actor", "x", *PAY)])
def test_what_knows_no_rights_is_refused_with_it(anna: Billing, words: tuple[str, ...]):
    ended = anna("--as", "anna", *words)

    assert ended.code == 2 and "--as" in ended.errors
