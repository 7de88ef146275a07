"""The cookies of the pages: who has signed in, what was done just now, how pages look. Customers have one of their own.

A form carries a token that follows from the session, so that no other site can post it. Who has not signed in posts
forms only from pages of this site, which browsers say in `Sec-Fetch-Site` or `Origin`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

SESSION, OWN_SESSION, NOTICE, LOOK = "billing-session", "billing-my", "billing-notice", "billing-look"
# What binds the steps of a sign-in, and a sign-in by OpenID Connect to the way back.
HALF, ELSEWHERE, SIGN_IN_PATH = "billing-password-given", "billing-sign-in-page", "/sign-in"
NOTICE_SECONDS, LOOK_SECONDS = 60, 31_536_000
THEMES = ("", "light", "dark")


class Notice(NamedTuple):
    """What was done by the last form, and the place in the log that the next page has to show."""

    text: str
    position: int = 0
    undo: str = ""


class Look(NamedTuple):
    """How a reader wants pages: the theme, if not the system's, the language, and whether single keys act."""

    theme: str = ""
    language: str = ""
    has_keys: bool = True


def form_token(session: str) -> str:
    """What every form of a session carries."""
    return hashlib.sha256(f"form:{session}".encode()).hexdigest()[:32]


def is_own_form(request: Request, session: str, sent: str) -> bool:
    """Whether a form was filled in on a page of this site, in this session."""
    return is_from_here(request) and (not session or hmac.compare_digest(form_token(session), sent))


def is_from_here(request: Request) -> bool:
    """Whether a request was made by a page of this site, as the browser says; one that says nothing is none."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.headers.get("Host", "-")


def put_session(response: Response, token: str, request: Request, cookie: str = SESSION) -> None:
    """Keep the session's token in the browser, unreadable for scripts; it ends with the browser or the session."""
    response.set_cookie(cookie, token, path="/", secure=is_encrypted(request), httponly=True, samesite="lax")


def drop_session(response: Response, request: Request, cookie: str = SESSION) -> None:
    response.delete_cookie(cookie, path="/", secure=is_encrypted(request), httponly=True, samesite="lax")


def put_for_sign_in(response: Response, name: str, value: str, seconds: int, request: Request) -> None:
    """Keep something for the next steps of a sign-in; without a value it is forgotten."""
    response.set_cookie(
        name, value, seconds if value else 0, path=SIGN_IN_PATH, secure=is_encrypted(request), httponly=True,
        samesite="lax",
    )  # fmt: skip


def is_encrypted(request: Request) -> bool:
    return request.url.scheme == "https"


def put_notice(response: Response, notice: Notice, request: Request) -> None:
    """Keep what was done for the page that is shown next."""
    kept = urlsafe_b64encode(json.dumps(notice).encode()).decode()
    response.set_cookie(
        NOTICE, kept, NOTICE_SECONDS, path="/", secure=is_encrypted(request), httponly=True, samesite="lax"
    )


def notice_of(request: Request) -> Notice | None:
    """What was done by the form before this page."""
    kept = request.cookies.get(NOTICE, "")
    try:
        text, position, undo = json.loads(urlsafe_b64decode(kept)) if kept else (None, 0, "")
    except ValueError:
        return None
    return Notice(text, position, undo) if isinstance(text, str) and isinstance(position, int) else None


def look_of(request: Request) -> Look:
    """How the reader wants pages; as the browser's languages say, if nothing was chosen."""
    theme, _, rest = request.cookies.get(LOOK, "").partition(".")
    language, _, keys = rest.partition(".")
    return Look(theme if theme in THEMES else "", language, keys != "off")


def put_look(response: Response, look: Look, request: Request) -> None:
    kept = f"{look.theme}.{look.language}.{'' if look.has_keys else 'off'}"
    response.set_cookie(LOOK, kept, LOOK_SECONDS, path="/", secure=is_encrypted(request), httponly=True, samesite="lax")
