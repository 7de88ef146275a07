"""Promised payments."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.promises import ListPromises
from commands.promises import BreakPromise, KeepPromise, OpenPromise, SetPromiseTerms

ROUTES = (
    Route("GET", "/promises", ListPromises),
    Route("POST", "/accounts/{account}/promise", OpenPromise, 201),
    Route("POST", "/accounts/{account}/promise/keep", KeepPromise),
    Route("POST", "/accounts/{account}/promise/break", BreakPromise),
    Route("PUT", "/sellers/{seller}/promise-terms", SetPromiseTerms),
)
