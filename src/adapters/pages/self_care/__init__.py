"""The customers' own pages: what to pay, why, the services, the documents, offers, and what the house holds.

They are all under `/my`, phone first, and know sessions of customers alone (`adapters.pages.visit.OwnVisit`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from adapters.pages.page import Page
from adapters.pages.self_care import card, look, overview, password, paying, sign_in, sign_up
from adapters.pages.self_care.forms import FORMS as FORMS


def _own(path: str, show: Callable[..., Any], *, is_posted: bool = False, is_public: bool = False) -> Page:
    """A page under `/my`; its visit is that of a customer."""
    return Page(path, cast(Any, show), method="POST" if is_posted else "GET", is_public=is_public)


PAGES = (
    _own("/my", overview.overview),
    _own("/my/invoices", overview.invoices),
    _own("/my/invoices/{number}", overview.invoice),
    _own("/my/services", overview.services),
    _own("/my/you", overview.yourself),
    _own("/my/you/data", overview.data),
    _own("/my/you/held", overview.held),
    _own("/my/you/password", password.password),
    _own("/my/you/password", password.change_password, is_posted=True),
    _own("/my/language", overview.choose_language, is_posted=True, is_public=True),
    _own("/my/sign-in", sign_in.sign_in, is_public=True),
    _own("/my/sign-in", sign_in.signing_in, is_posted=True, is_public=True),
    _own("/my/enter", sign_in.enter, is_public=True),
    _own("/my/enter", sign_in.entering, is_posted=True, is_public=True),
    _own("/my/sign-out", sign_in.sign_out, is_posted=True),
    _own("/my/sign-up", sign_up.sign_up, is_public=True),
    _own("/my/sign-up", sign_up.signing_up, is_posted=True, is_public=True),
    _own("/my/accounts/{account}/card", card.card),
    _own("/my/accounts/{account}/card/pay", card.pay, is_posted=True),
    _own("/my/accounts/{account}/card/store", card.store, is_posted=True),
    _own("/my/accounts/{account}/card/remove", card.remove, is_posted=True),
    _own("/my/pay/{request}/{token}", paying.asked, is_public=True),
    _own("/my/pay/{request}/{token}/card", paying.by_card, is_posted=True, is_public=True),
    Page("/customers/{number}/look", look.look),
    Page("/customers/{number}/look", look.looking, method="POST"),
)
