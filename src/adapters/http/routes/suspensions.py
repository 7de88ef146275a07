"""Reasons for suspensions, desired states, and returns."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.suspensions import (
    ListDesiredStates,
    ListReturns,
    ListSuspensionReasons,
    ShowReturnTimes,
    ShowSuspensionReason,
)
from commands.suspensions import DefineSuspensionReason

ROUTES = (
    Route("GET", "/suspension-reasons", ListSuspensionReasons),
    Route("GET", "/suspension-reasons/{code}", ShowSuspensionReason),
    Route("PUT", "/suspension-reasons/{code}", DefineSuspensionReason),
    Route("GET", "/desired-states", ListDesiredStates),
    Route("GET", "/returns", ListReturns),
    Route("GET", "/return-times", ShowReturnTimes),
)
