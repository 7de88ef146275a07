"""Kiosks and wallets: connections in the set-up, a connection's days, refusals and differences."""

from __future__ import annotations

from adapters.pages.kiosks import connections, days

LISTS = (*connections.LISTS, *days.LISTS)
FORMS = connections.FORMS
JOB_FORMS = days.JOB_FORMS
SET_UP = connections.SET_UP
