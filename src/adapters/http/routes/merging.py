"""Merging of customers."""

from __future__ import annotations

from adapters.http.route import Route
from commands.merging import MergeCustomers, UndoMerge

ROUTES = (
    Route("POST", "/customers/{customer}/merge", MergeCustomers),
    Route("POST", "/customers/{customer}/undo-merge", UndoMerge),
)
