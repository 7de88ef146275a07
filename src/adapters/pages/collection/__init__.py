"""Old debts: calls, collection, late interest, limitation, write-offs."""

from __future__ import annotations

from adapters.pages.collection import agencies, calls, interest, losses

PAGES = (*agencies.PAGES, *interest.PAGES, *losses.PAGES)
LISTS = (*agencies.LISTS, *calls.LISTS, *interest.LISTS, *losses.LISTS)
FORMS = (*agencies.FORMS, *calls.FORMS, *interest.FORMS, *losses.FORMS)
JOB_FORMS = (*agencies.JOB_FORMS, *interest.JOB_FORMS)
SET_UP = (*agencies.SET_UP, *interest.SET_UP, *calls.SET_UP)
MENU = (*agencies.MENU, *calls.MENU)
