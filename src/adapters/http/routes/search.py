"""The search for anything."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.search import FindAnything

ROUTES = (Route("GET", "/search", FindAnything),)
