"""New customers with account, services and contract."""

from __future__ import annotations

from adapters.http.route import Route
from commands.onboarding import TakeOnCustomer

ROUTES = (Route("POST", "/subscribers", TakeOnCustomer, 201),)
