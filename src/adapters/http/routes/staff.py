"""Operators and roles."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.staff import (
    ListAllowedAddresses,
    ListOperators,
    ListPermissions,
    ListRoles,
    ListSessions,
    ShowOperator,
)
from commands.staff.addresses import AllowAddresses
from commands.staff.operators import (
    ChangePassword,
    ChangeRoles,
    CloseOperator,
    DefineRole,
    DisableSecondFactor,
    EnableSecondFactor,
    EndSession,
    IssueApiKey,
    RegisterOperator,
    ReopenOperator,
    RevokeApiKey,
    SetOperatorEmail,
)

ROUTES = (
    Route("GET", "/allowed-addresses", ListAllowedAddresses),
    Route("PUT", "/allowed-addresses", AllowAddresses),
    Route("GET", "/operators", ListOperators),
    Route("POST", "/operators", RegisterOperator, 201),
    Route("GET", "/operators/{operator}", ShowOperator),
    Route("PUT", "/operators/{operator}/roles", ChangeRoles),
    Route("PUT", "/operators/{operator}/email", SetOperatorEmail),
    Route("POST", "/operators/{operator}/close", CloseOperator),
    Route("POST", "/operators/{operator}/reopen", ReopenOperator),
    Route("PUT", "/operators/{operator}/password-hash", ChangePassword),
    Route("POST", "/operators/{operator}/second-factor/enable", EnableSecondFactor),
    Route("POST", "/operators/{operator}/second-factor/disable", DisableSecondFactor),
    Route("GET", "/operators/{operator}/sessions", ListSessions),
    Route("POST", "/operators/{operator}/sessions/{session}/end", EndSession),
    Route("POST", "/operators/{operator}/keys", IssueApiKey, 201),
    Route("POST", "/operators/{operator}/keys/{key}/revoke", RevokeApiKey),
    Route("GET", "/roles", ListRoles),
    Route("PUT", "/roles/{role}", DefineRole),
    Route("GET", "/permissions", ListPermissions),
)
