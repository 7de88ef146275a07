"""Batches of usage."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.usage.batches import ListUsageBatches
from adapters.views.usage.identifiers import FindIdentifier, ListIdentifiers
from commands.usage.discarding import DiscardUsageBatch
from commands.usage.identifiers import AssignIdentifier, ReleaseIdentifier

ROUTES = (
    Route("GET", "/usage-batches", ListUsageBatches),
    # A source may name its batches as it likes, also with a slash, so their names stand in no path.
    Route("POST", "/usage-batches/discard", DiscardUsageBatch),
    Route("GET", "/accounts/{account}/identifiers", ListIdentifiers),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/identifiers", AssignIdentifier),
    # A number or user name is personal, so it stands in no path.
    Route("GET", "/identifiers", FindIdentifier),
    Route("POST", "/identifiers/release", ReleaseIdentifier),
)
