"""Corrections of the past."""

from __future__ import annotations

from adapters.http.route import Route
from commands.corrections import account, payment, waiver

ROUTES = (
    Route("POST", "/accounts/{account}/corrections", account.CorrectAccount, 201),
    Route("POST", "/payments/{payment}/move", payment.MovePayment),
    # The key of a charge has slashes in it, so that it cannot be part of an address.
    Route("POST", "/accounts/{account}/waivers", waiver.WaiveCharge, 201),
)
