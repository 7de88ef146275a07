"""Dealers."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.dealers import ListDealers, ShowDealer
from commands.dealers import ChangeDealer, RegisterDealer

ROUTES = (
    Route("GET", "/dealers", ListDealers),
    Route("POST", "/dealers", RegisterDealer, 201),
    Route("GET", "/dealers/{code}", ShowDealer),
    Route("PUT", "/dealers/{code}", ChangeDealer),
)
