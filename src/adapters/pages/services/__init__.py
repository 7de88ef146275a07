"""Services of an account: a new one, and each change of one with what it does to the next bills."""

from __future__ import annotations

from adapters.pages.services.changes import CHANGES
from adapters.pages.services.new_service import NEW_SERVICE
from adapters.pages.services.timeline import PAGES as PAGES

FORMS = (NEW_SERVICE, *CHANGES)
