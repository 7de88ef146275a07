"""Signing in with passwords and keys, on a moving clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from pyotp import TOTP

from adapters.edge.codes import TimeCodes
from adapters.edge.passwords import Argon2Passwords
from adapters.postgres.sessions import PostgresSessions
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.staff.addresses import AddressNotAllowed
from billing_core.staff.roles import NotPermitted, NotSignedIn, Role
from commands.staff.addresses import AllowAddresses
from commands.staff.operators import (
    ChangePassword,
    ChangeRoles,
    CloseOperator,
    DefineRole,
    DisableSecondFactor,
    EnableSecondFactor,
    IssueApiKey,
    RegisterOperator,
    RevokeApiKey,
)
from commands.staff.sign_in import CodeNeeded, SignIn, TooManyFailures, hashed
from tests.operators import Operator
from tests.passwords import hash_of

TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
PASSWORD = "correct horse battery"
ADDRESS = "10.0.0.1"


@pytest.fixture
def sign_in(operator: Operator) -> SignIn:
    """Anna, a cashier with a password."""
    operator.tell(RegisterOperator(operator="anna", name="Anna", roles=("cashier",)), actor="boss")
    operator.tell(ChangePassword(operator="anna", password_hash=hash_of(PASSWORD)), actor="boss")
    app = operator.application
    return SignIn(app.rights, PostgresSessions(app.tables), Argon2Passwords(), TimeCodes())


def minutes(count: float) -> datetime:
    return TEN + timedelta(minutes=count)


def open_session(sign_in: SignIn, at: datetime = TEN, password: str = PASSWORD, name: str = "anna") -> str:
    return sign_in.open(name, password, ADDRESS, at)


def test_a_session_says_whose_it_is_and_what_the_roles_permit(sign_in: SignIn):
    rights = sign_in.rights_of(open_session(sign_in), ADDRESS, TEN, TODAY)

    assert rights.operator.code == "anna"
    rights.require("payments.change.receive-payment")
    with pytest.raises(NotPermitted, match="none of the roles of anna permits it"):
        rights.require("services.change.change-tariff")


def test_what_is_wrong_with_operator_or_password_is_not_said(sign_in: SignIn):
    for name, password in (("anna", "wrong"), ("nobody", PASSWORD)):
        with pytest.raises(NotSignedIn, match=r"^operator or password is wrong$"):
            open_session(sign_in, password=password, name=name)


def test_five_wrong_passwords_lock_the_operator_until_the_oldest_is_fifteen_minutes_past(sign_in: SignIn):
    for minute in range(5):
        with pytest.raises(NotSignedIn):
            open_session(sign_in, minutes(minute), "wrong")

    with pytest.raises(TooManyFailures, match="2026-03-02T10:15:00"):
        open_session(sign_in, minutes(14.9))
    assert open_session(sign_in, minutes(15.1))


def test_twenty_failures_from_one_address_lock_it_for_every_operator(sign_in: SignIn):
    for number in range(20):
        with pytest.raises(NotSignedIn):
            open_session(sign_in, name=f"guess-{number}")

    with pytest.raises(TooManyFailures):
        open_session(sign_in)
    assert sign_in.open("anna", PASSWORD, "10.0.0.2", TEN)


def test_a_session_ends_half_an_hour_after_its_last_use(sign_in: SignIn):
    token = open_session(sign_in)
    sign_in.rights_of(token, ADDRESS, minutes(29), TODAY)
    sign_in.rights_of(token, ADDRESS, minutes(58), TODAY)

    with pytest.raises(NotSignedIn, match="has ended"):
        sign_in.rights_of(token, ADDRESS, minutes(89), TODAY)


def test_a_session_in_use_ends_after_twelve_hours(sign_in: SignIn):
    token = open_session(sign_in)
    for quarter in range(1, 48):
        sign_in.rights_of(token, ADDRESS, minutes(15 * quarter), TODAY)

    with pytest.raises(NotSignedIn):
        sign_in.rights_of(token, ADDRESS, minutes(12 * 60 + 1), TODAY)


def test_a_closed_session_and_a_forged_one_are_refused(sign_in: SignIn):
    token = open_session(sign_in)
    forged = token[:-1] + ("0" if token[-1] != "0" else "1")
    for wrong in (forged, "session.1.2", "session", "", "key.anna.hall", token.replace("session", "cookie")):
        with pytest.raises(NotSignedIn):
            sign_in.rights_of(wrong, ADDRESS, TEN, TODAY)

    for id_alone in (token.rpartition(".")[0], token.rpartition(".")[0] + ".guess", "key.anna.hall.secret"):
        with pytest.raises(NotSignedIn):
            sign_in.close(id_alone, TEN)
    assert sign_in.rights_of(token, ADDRESS, TEN, TODAY)

    sign_in.close(token, TEN)

    with pytest.raises(NotSignedIn):
        sign_in.rights_of(token, ADDRESS, TEN, TODAY)


def test_another_password_ends_all_sessions(sign_in: SignIn, operator: Operator):
    token = open_session(sign_in)
    operator.tell(ChangePassword(operator="anna", password_hash=hash_of("another long one")))

    with pytest.raises(NotSignedIn):
        sign_in.rights_of(token, ADDRESS, TEN, TODAY)
    with pytest.raises(NotSignedIn):
        open_session(sign_in)
    assert open_session(sign_in, password="another long one")


def test_roles_that_change_change_the_next_request(sign_in: SignIn, operator: Operator):
    token = open_session(sign_in)
    operator.tell(DefineRole(role="desk", permits=Role(permissions=("services.change.change-tariff",))), actor="boss")
    operator.tell(ChangeRoles(operator="anna", roles=("desk",)), actor="boss")
    sign_in.rights_of(token, ADDRESS, TEN, TODAY).require("services.change.change-tariff")

    operator.tell(DefineRole(role="desk", permits=Role(permissions=("audit.read.*",))), actor="boss")

    with pytest.raises(NotPermitted):
        sign_in.rights_of(token, ADDRESS, TEN, TODAY).require("services.change.change-tariff")


def test_a_closed_operator_is_out_at_once(sign_in: SignIn, operator: Operator):
    token = open_session(sign_in)
    operator.tell(CloseOperator(operator="anna", reason="left"), actor="boss")

    with pytest.raises(NotSignedIn, match="closed"):
        sign_in.rights_of(token, ADDRESS, TEN, TODAY)
    with pytest.raises(NotSignedIn, match=r"^operator or password is wrong$"):
        open_session(sign_in)


def test_a_key_works_until_its_last_day_or_until_it_is_revoked(sign_in: SignIn, operator: Operator):
    issue = IssueApiKey(
        operator="anna", key="hall", purpose="kiosk", secret_hash=hashed("secret"), expires_on=date(2026, 3, 9)
    )
    operator.tell(issue, today=TODAY)
    token = "key.anna.hall.secret"

    assert sign_in.rights_of(token, ADDRESS, TEN, date(2026, 3, 9)).operator.code == "anna"
    with pytest.raises(NotSignedIn, match="expired"):
        sign_in.rights_of(token, ADDRESS, TEN, date(2026, 3, 10))
    with pytest.raises(NotSignedIn, match="unknown or was revoked"):
        sign_in.rights_of("key.anna.hall.other", ADDRESS, TEN, TODAY)

    operator.tell(RevokeApiKey(operator="anna", key="hall"))
    with pytest.raises(NotSignedIn, match="unknown or was revoked"):
        sign_in.rights_of(token, ADDRESS, TEN, TODAY)


def test_a_role_that_does_not_exist_is_given_to_nobody(operator: Operator):
    with pytest.raises(BillingError, match="no such role"):
        operator.tell(RegisterOperator(operator="anna", name="Anna", roles=("desk",)))


def test_a_short_password_is_refused():
    with pytest.raises(InvalidValue, match="12 to 200 characters"):
        Argon2Passwords().hash("short")


def test_a_one_time_password_opens_one_session(sign_in: SignIn, operator: Operator):
    command = ChangePassword(operator="anna", password_hash=hash_of("for one time"), is_one_time=True)
    operator.tell(command)

    assert (
        sign_in.rights_of(open_session(sign_in, password="for one time"), ADDRESS, TEN, TODAY).operator.code == "anna"
    )

    with pytest.raises(NotSignedIn):
        open_session(sign_in, password="for one time")


def test_the_address_is_checked_before_the_password_and_on_every_request(sign_in: SignIn, operator: Operator):
    token = open_session(sign_in)
    operator.tell(AllowAddresses(networks=("192.0.2.0/24",)), actor="boss")

    with pytest.raises(AddressNotAllowed):
        open_session(sign_in, password="wrong")
    with pytest.raises(AddressNotAllowed):
        sign_in.rights_of(token, ADDRESS, TEN, TODAY)

    operator.tell(AllowAddresses(networks=("192.0.2.0/24", "10.0.0.1")), actor="boss")
    assert sign_in.rights_of(token, ADDRESS, TEN, TODAY).operator.code == "anna"


def test_a_list_of_a_role_holds_for_those_who_have_it(sign_in: SignIn, operator: Operator):
    token = open_session(sign_in)
    operator.tell(AllowAddresses(role="support", networks=("192.0.2.0/24",)), actor="boss")
    assert sign_in.rights_of(token, ADDRESS, TEN, TODAY)

    operator.tell(AllowAddresses(role="cashier", networks=("192.0.2.0/24",)), actor="boss")

    with pytest.raises(AddressNotAllowed):
        sign_in.rights_of(token, ADDRESS, TEN, TODAY)
    with pytest.raises(NotSignedIn, match=r"^operator or password is wrong$"):
        open_session(sign_in)
    operator.tell(AllowAddresses(role="cashier"), actor="boss")
    assert sign_in.rights_of(token, ADDRESS, TEN, TODAY)


def with_second_factor(sign_in: SignIn, operator: Operator) -> tuple[str, list[str]]:
    """Anna has set it up and confirmed it; its secret and recovery codes."""
    secret = TimeCodes().new_secret()
    codes = sign_in.set_up_second_factor("anna", secret)
    sign_in.require_code("anna", TOTP(secret).at(TEN), TEN)
    operator.tell(EnableSecondFactor(operator="anna"))
    return secret, codes


def test_who_has_a_second_factor_signs_in_with_a_code_and_each_code_serves_once(sign_in: SignIn, operator: Operator):
    secret, _ = with_second_factor(sign_in, operator)
    codes = TOTP(secret)

    with pytest.raises(CodeNeeded, match="write the code too"):
        open_session(sign_in, minutes(1))
    with pytest.raises(CodeNeeded, match="used before"):
        sign_in.open("anna", PASSWORD, ADDRESS, TEN, codes.at(TEN))
    assert sign_in.open("anna", PASSWORD, ADDRESS, minutes(1), codes.at(minutes(1)))
    with pytest.raises(CodeNeeded, match="used before"):
        sign_in.open("anna", PASSWORD, ADDRESS, minutes(1), codes.at(minutes(1)))
    with pytest.raises(CodeNeeded):
        sign_in.open("anna", PASSWORD, ADDRESS, minutes(9), codes.at(minutes(2)))


def test_a_code_of_the_step_before_or_after_is_taken(sign_in: SignIn, operator: Operator):
    secret, _ = with_second_factor(sign_in, operator)

    assert sign_in.open("anna", PASSWORD, ADDRESS, minutes(1), TOTP(secret).at(minutes(1.5)))
    assert sign_in.open("anna", PASSWORD, ADDRESS, minutes(3), TOTP(secret).at(minutes(2.5)))


def test_a_recovery_code_serves_once(sign_in: SignIn, operator: Operator):
    _, recovery_codes = with_second_factor(sign_in, operator)
    assert len(set(recovery_codes)) == 10

    assert sign_in.open("anna", PASSWORD, ADDRESS, minutes(1), recovery_codes[3])

    with pytest.raises(CodeNeeded):
        sign_in.open("anna", PASSWORD, ADDRESS, minutes(1), recovery_codes[3])


def test_a_second_factor_is_in_force_once_confirmed_and_until_it_is_disabled(sign_in: SignIn, operator: Operator):
    with pytest.raises(BillingError, match="set up a second factor first"):
        operator.tell(EnableSecondFactor(operator="anna"))
    sign_in.set_up_second_factor("anna", TimeCodes().new_secret())
    assert open_session(sign_in)
    with_second_factor(sign_in, operator)
    with pytest.raises(BillingError, match="in force"):
        sign_in.set_up_second_factor("anna", TimeCodes().new_secret())

    operator.tell(DisableSecondFactor(operator="anna"), actor="boss")

    assert open_session(sign_in)


def test_a_wrong_code_does_not_spend_a_one_time_password(sign_in: SignIn, operator: Operator):
    secret, _ = with_second_factor(sign_in, operator)
    command = ChangePassword(operator="anna", password_hash=hash_of("for one time"), is_one_time=True)
    operator.tell(command)
    with pytest.raises(CodeNeeded):
        open_session(sign_in, minutes(1), "for one time")

    assert sign_in.open("anna", "for one time", ADDRESS, minutes(1), TOTP(secret).at(minutes(1)))
