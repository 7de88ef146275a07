"""Statements of banks: their movements, returns, balances of bank accounts."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.bank_statements import (
    ListBankAccounts,
    ListBankBalances,
    ListBankReturns,
    ListStatementMovements,
    ListStatements,
    ShowStatement,
    TakeStatementFile,
)
from commands.bank_statements.statements import (
    CorrectMovement,
    DismissStatement,
    OverruleStatement,
    RegisterBankAccount,
    TakeBackByMovement,
)

ROUTES = (
    Route("GET", "/bank-accounts", ListBankAccounts),
    Route("PUT", "/bank-accounts/{iban}", RegisterBankAccount),
    Route("GET", "/bank-balances", ListBankBalances),
    Route("GET", "/bank-returns", ListBankReturns),
    Route("GET", "/bank-statements", ListStatements),
    Route("GET", "/bank-statements/{statement}", ShowStatement),
    Route("GET", "/bank-statements/{statement}/movements", ListStatementMovements),
    Route("GET", "/bank-statements/{statement}/file", TakeStatementFile),
    Route("POST", "/bank-statements/{statement}/overrule", OverruleStatement),
    Route("POST", "/bank-statements/{statement}/dismiss", DismissStatement),
    Route("POST", "/bank-statements/{statement}/movements/{movement}/correct", CorrectMovement),
    Route("POST", "/bank-statements/{statement}/movements/{movement}/take-back", TakeBackByMovement),
)
