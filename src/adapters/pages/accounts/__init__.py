"""Accounts: the whole history of one, its payments, and the forms that change it."""

from __future__ import annotations

from adapters.pages.accounts import history, promise_history, receipt
from adapters.pages.accounts.credits import CREDIT_FORMS
from adapters.pages.accounts.credits import LISTS as CREDIT_LISTS
from adapters.pages.accounts.giving_back import GIVING_BACK
from adapters.pages.accounts.items import ITEMS
from adapters.pages.accounts.payments import PAYMENTS
from adapters.pages.accounts.promises import PROMISES
from adapters.pages.accounts.taking import TAKING
from adapters.pages.accounts.terms import TERMS

PAGES = (*history.PAGES, *promise_history.PAGES, *receipt.PAGES)
LISTS = (*PAYMENTS, *CREDIT_LISTS)
FORMS = (*TERMS, *ITEMS, *PROMISES, TAKING, *GIVING_BACK, *CREDIT_FORMS)
