"""Corrections of the past."""

from __future__ import annotations

from adapters.http.route import Route
from commands.corrections import account, payment, waiver

ROUTES = (
    Route("POST", "/accounts/{account}/corrections", account.CorrectAccount, 201),
    Route("POST", "/payments/{payment}/move", payment.MovePayment),
    Route("POST", "/accounts/{account}/waivers", waiver.WaiveCharge, 201),
)
