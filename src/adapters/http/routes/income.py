"""Income and statements of account."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.income import ListIncome, ListPayers, PrintAccountStatement, StateAccount, WriteAccountStatement

ROUTES = (
    Route("GET", "/income", ListIncome),
    Route("GET", "/customers/{customer}/payers", ListPayers),
    Route("GET", "/accounts/{account}/statement", StateAccount),
    Route("GET", "/accounts/{account}/statement.pdf", PrintAccountStatement),
    Route("GET", "/accounts/{account}/statement.csv", WriteAccountStatement),
)
