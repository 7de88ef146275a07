"""Sign in and out, and how pages look for who has signed in."""

from __future__ import annotations

from adapters.pages.page import Page
from adapters.pages.staff.first import first_page, keys
from adapters.pages.staff.profile import change_look, profile
from adapters.pages.staff.sign_in import sign_in, sign_out, signing_in

PAGES = (
    Page("/", first_page),
    Page("/keys", keys),
    Page("/sign-in", sign_in, is_public=True),
    Page("/sign-in", signing_in, method="POST", is_public=True),
    Page("/sign-out", sign_out, method="POST"),
    Page("/profile", profile),
    Page("/profile", change_look, method="POST"),
)
