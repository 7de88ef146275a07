"""Promised payments."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.promises import CheckPromise, ListPromises, ShowPromiseHistory, ShowPromiseTerms
from commands.promises import BreakPromise, KeepPromise, OpenInstalmentPlan, OpenPromise, SetPromiseTerms

ROUTES = (
    Route("GET", "/promises", ListPromises),
    Route("GET", "/accounts/{account}/promise/check", CheckPromise),
    Route("GET", "/accounts/{account}/promises", ShowPromiseHistory),
    Route("POST", "/accounts/{account}/promise", OpenPromise, 201),
    Route("POST", "/accounts/{account}/instalment-plan", OpenInstalmentPlan, 201),
    Route("POST", "/accounts/{account}/promise/keep", KeepPromise),
    Route("POST", "/accounts/{account}/promise/break", BreakPromise),
    Route("GET", "/sellers/{seller}/promise-terms", ShowPromiseTerms),
    Route("PUT", "/sellers/{seller}/promise-terms", SetPromiseTerms),
)
