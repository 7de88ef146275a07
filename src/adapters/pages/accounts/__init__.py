"""Accounts: the whole history of one, and the forms that change it."""

from __future__ import annotations

from adapters.pages.accounts.history import PAGES as PAGES
from adapters.pages.accounts.items import ITEMS
from adapters.pages.accounts.promises import PROMISES
from adapters.pages.accounts.terms import TERMS

FORMS = (*TERMS, *ITEMS, *PROMISES)
