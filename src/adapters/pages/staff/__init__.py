"""Sign in and out, how pages look for who has signed in, who works here, and the page of the set-up."""

from __future__ import annotations

from adapters.pages.page import Page
from adapters.pages.staff import openid, operators, own_password, profile, roles, second_factor, set_up, sign_in
from adapters.pages.staff.first import first_page, keys

PAGES = (
    Page("/", first_page),
    Page("/keys", keys),
    Page("/sign-in", sign_in.sign_in, is_public=True),
    Page("/sign-in", sign_in.signing_in, method="POST", is_public=True),
    Page("/sign-in/code", sign_in.code, is_public=True),
    Page("/sign-in/code", sign_in.giving_code, method="POST", is_public=True),
    Page("/sign-in/oidc", openid.begin, is_public=True),
    Page("/sign-in/oidc/callback", openid.finish, is_public=True),
    Page("/sign-out", sign_in.sign_out, method="POST"),
    Page("/profile", profile.profile),
    Page("/profile", profile.change_look, method="POST"),
    Page("/profile/sessions/{session}/end", profile.end_session, method="POST"),
    Page("/profile/password", own_password.own_password),
    Page("/profile/password", own_password.change_own_password, method="POST"),
    Page("/profile/second-factor", second_factor.show_second_factor),
    Page("/profile/second-factor", second_factor.begin_second_factor, method="POST"),
    Page("/profile/second-factor/confirm", second_factor.confirm_second_factor, method="POST"),
    Page("/set-up", set_up.set_up),
    *operators.PAGES,
    *roles.PAGES,
)
LISTS = (*operators.LISTS, *roles.LISTS)
FORMS = (*operators.FORMS, *roles.FORMS)
SET_UP = (*operators.SET_UP, *roles.SET_UP)
MENU = (set_up.ENTRY,)
