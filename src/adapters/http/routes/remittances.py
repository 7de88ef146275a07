"""Remittances."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.remittances import ListRemittances
from commands.payments.remittances import AssignRemittance, GiveBackRemittance, ReceiveRemittance

ROUTES = (
    Route("GET", "/remittances", ListRemittances),
    Route("POST", "/remittances", ReceiveRemittance, 201),
    Route("POST", "/remittances/{remittance}/assign", AssignRemittance),
    Route("POST", "/remittances/{remittance}/give-back", GiveBackRemittance),
)
