"""Set up a second factor: scan the picture, keep the recovery codes, confirm it by a code."""

from __future__ import annotations

import segno
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from adapters.door.door import SetUp
from adapters.pages.page import N_, Shown
from adapters.pages.sessions import Notice, put_notice
from adapters.pages.visit import Visit
from billing_core.kernel.errors import BillingError
from commands.staff.sign_in import CodeNeeded

TEMPLATE = "staff/second-factor.html"
ON = N_("From now on a code is asked for, too.")


def begin_second_factor(visit: Visit) -> Shown:
    """What codes are made from, and the recovery codes, which are shown this once."""
    return _shown(visit.door.set_up_second_factor(visit.caller()))


def show_second_factor(visit: Visit) -> Shown | Response:
    """What waits for its first code."""
    waiting = visit.door.second_factor_being_set_up(visit.caller())
    return _shown(waiting) if waiting else RedirectResponse("/profile", 303)


def confirm_second_factor(visit: Visit) -> Shown | Response:
    """In force from now on, if this is a code of it."""
    try:
        done = visit.door.enable_second_factor(visit.caller(), "".join(visit.first("code").split()))
    except CodeNeeded as error:
        return _again(visit, error)
    response = RedirectResponse("/profile", 303)
    put_notice(response, Notice(visit.translated(ON), done.position), visit.request)
    return response


def _again(visit: Visit, error: BillingError) -> Shown | Response:
    waiting = visit.door.second_factor_being_set_up(visit.caller())
    return _shown(waiting, error.message) if waiting else RedirectResponse("/profile", 303)


def _shown(set_up: SetUp, fault: str = "") -> Shown:
    return Shown(TEMPLATE, {"set_up": set_up, "picture": picture(set_up.uri), "fault": fault}, 422 if fault else 200)


def picture(uri: str) -> Markup:
    """A QR code as SVG, dark on light in both themes, as cameras need it."""
    code = segno.make(uri, error="m")
    drawn = code.svg_inline(scale=5, border=3, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return Markup(drawn)
