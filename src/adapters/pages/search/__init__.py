"""Search: one field for everything that a clerk may be asked about."""

from __future__ import annotations

from adapters.pages.search.page import PAGES as PAGES
