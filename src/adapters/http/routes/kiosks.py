"""Kiosks and wallets, for operators. Kiosks themselves send to `/kiosk/NAME`, by their own protocols."""

from __future__ import annotations

from adapters.actions.kiosks import TakeKioskSecret
from adapters.http.route import Route
from adapters.views.kiosks.connections import ListKioskRefusals, ListKiosks, ShowKiosk
from adapters.views.kiosks.days import (
    ListKioskDays,
    ListKioskDifferences,
    ListKioskRegisters,
    ListKioskTransactions,
)
from commands.kiosks.connections import ChangeKiosk, ChangeKioskSecret, ConnectKiosk, SwitchKiosk
from commands.kiosks.payments import CancelKioskPayment, NoteKioskRefusal, PayByKiosk
from commands.kiosks.registers import CompareKioskRegister

ONE = "/kiosks/{kiosk}"
ROUTES = (
    Route("GET", "/kiosks", ListKiosks),
    Route("POST", "/kiosks", ConnectKiosk, 201),
    Route("GET", ONE, ShowKiosk),
    Route("PUT", ONE, ChangeKiosk),
    Route("POST", f"{ONE}/change-secret", ChangeKioskSecret),
    Route("POST", f"{ONE}/take-secret", TakeKioskSecret),
    Route("POST", f"{ONE}/switch", SwitchKiosk),
    Route("GET", f"{ONE}/days", ListKioskDays),
    Route("GET", f"{ONE}/transactions", ListKioskTransactions),
    Route("POST", f"{ONE}/transactions", PayByKiosk, 201),
    Route("POST", f"{ONE}/transactions/{{transaction}}/cancel", CancelKioskPayment),
    Route("GET", f"{ONE}/refusals", ListKioskRefusals),
    Route("POST", f"{ONE}/refusals", NoteKioskRefusal, 201),
    Route("GET", f"{ONE}/registers", ListKioskRegisters),
    Route("POST", f"{ONE}/registers/{{register_on}}", CompareKioskRegister),
    Route("GET", f"{ONE}/differences", ListKioskDifferences),
)
