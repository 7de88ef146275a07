"""Price changes, tried before they are published."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.price_changes import SimulateRevision

ROUTES = (Route("GET", "/tariffs/{tariff}/simulation", SimulateRevision),)
