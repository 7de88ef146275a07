"""How the stored samples of staff are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.staff.addresses import AddressesAllowed
from billing_core.staff.operators import (
    ApiKeyIssued,
    ApiKeyRevoked,
    OperatorClosed,
    OperatorEmailSet,
    OperatorRegistered,
    OperatorReopened,
    OperatorRolesChanged,
    PasswordChanged,
    SecondFactorDisabled,
    SecondFactorEnabled,
    SessionEnded,
)
from billing_core.staff.roles import Role, RoleDefined

ON = date(2026, 3, 2)
SAMPLES: dict[str, Event] = {
    "addresses-allowed/1": AddressesAllowed(effective_on=ON, whom="role/cashier", networks=("10.1.0.0/16",)),
    "role-defined/1": RoleDefined(
        effective_on=ON,
        role="desk",
        permits=Role(
            permissions=("payments.change.receive-payment", "parties.read.*"),
            services=("internet",),
            amount_limits={"EUR": Decimal("500.00")},
            alone_up_to={"EUR": Decimal("100.00")},
        ),
    ),
    "operator-registered/1": OperatorRegistered(
        effective_on=ON, operator="anna", name="Anna Kalniņa", roles=("cashier", "desk"), dealer="east"
    ),
    "operator-roles-changed/1": OperatorRolesChanged(effective_on=ON, operator="anna", roles=("support",)),
    "operator-email-set/1": OperatorEmailSet(effective_on=ON, operator="anna", email="anna@isp.test"),
    "operator-closed/1": OperatorClosed(effective_on=ON, operator="anna", reason="left the company"),
    "operator-reopened/1": OperatorReopened(effective_on=ON, operator="anna"),
    "password-changed/1": PasswordChanged(effective_on=ON, operator="anna"),
    "session-ended/1": SessionEnded(effective_on=ON, operator="anna", session="806481cf"),
    "second-factor-enabled/1": SecondFactorEnabled(effective_on=ON, operator="anna"),
    "second-factor-disabled/1": SecondFactorDisabled(effective_on=ON, operator="anna"),
    "api-key-issued/1": ApiKeyIssued(
        effective_on=ON, operator="kiosk", key="hall", purpose="kiosk in the hall", secret_hash="ab" * 32,
        expires_on=date(2027, 3, 1), networks=("10.1.0.0/16",), permissions=("payments.change.receive-payment",),
    ),
    "api-key-revoked/1": ApiKeyRevoked(effective_on=ON, operator="kiosk", key="hall"),
}  # fmt: skip
