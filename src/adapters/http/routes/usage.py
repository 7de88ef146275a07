"""Batches of usage."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.usage.batches import ListUsageBatches
from commands.usage.discarding import DiscardUsageBatch

ROUTES = (
    Route("GET", "/usage-batches", ListUsageBatches),
    # A source may name its batches as it likes, also with a slash, so their names stand in no path.
    Route("POST", "/usage-batches/discard", DiscardUsageBatch),
)
