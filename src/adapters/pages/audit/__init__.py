"""The LOG: who did what, when and from where; what was refused; who looked at personal data."""

from __future__ import annotations

from adapters.pages.audit.entry import PAGES as PAGES_OF_ENTRY
from adapters.pages.audit.log import ENTRY, log
from adapters.pages.audit.refused import LISTS as LISTS
from adapters.pages.page import Page
from adapters.views.audit import ListChanges

PAGES = (Page("/log", log, ListChanges), *PAGES_OF_ENTRY)
MENU = (ENTRY,)
