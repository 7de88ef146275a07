"""What other systems learn of what happened here."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.outreach.feed import ListEvents

ROUTES = (Route("GET", "/events", ListEvents),)
