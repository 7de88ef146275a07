"""The pages as an application, added to that of the API."""

from __future__ import annotations

import time
from asyncio import to_thread
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI
from pydantic import ValidationError
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route, Router

from adapters.door.door import Door
from adapters.door.own_door import OwnDoor
from adapters.door.statuses import status_of
from adapters.edge.faults import reason
from adapters.edge.route_index import RouteIndex
from adapters.edge.slashed_routes import slashed_routes
from adapters.outgoing.openid import OpenIdProvider
from adapters.pages.assets import asset_routes
from adapters.pages.form_pages import pages_of_form
from adapters.pages.forms import forms
from adapters.pages.headers import OF_PAGES, WITHIN_THIS_SITE
from adapters.pages.job_forms import job_forms
from adapters.pages.jobs import JOB_PAGES, pages_of_job_form
from adapters.pages.languages import languages_of, negotiated
from adapters.pages.lists import lists, page_of_list
from adapters.pages.page import Page, Shown, pages
from adapters.pages.refusals import said_of
from adapters.pages.rendering import menu_of, rendered
from adapters.pages.sessions import NOTICE, is_own_form, look_of, put_notice
from adapters.pages.visit import Arrived, OwnVisit, Visit
from billing_core.kernel.errors import BillingError, InvalidValue, Unavailable
from billing_core.staff.roles import NotPermitted, NotSignedIn, permits
from projections.staff import list_roles

log = structlog.get_logger("billing.pages")
SIGN_IN, CALLBACK = "/sign-in", "/sign-in/oidc/callback"
# On the sign-in after a form whose session had ended.
ENDED = "ended"
MOST_FILES, MOST_FIELDS, MOST_FIELD_BYTES = 20, 1_000, 1_000_000


def every_page() -> list[Page]:
    """The pages that are written out, those of the lists, of the forms, and of the jobs."""
    found = [*pages(), *JOB_PAGES, *(page_of_list(each) for each in lists())]
    for form in forms():
        found += pages_of_form(form)
    for job_form in job_forms():
        found += pages_of_job_form(job_form)
    return sorted(found, key=lambda page: ("{" in page.path, page.path, page.method))


def add_pages(api: FastAPI, door: Door, openid: OpenIdProvider | None = None) -> None:
    """Serve the pages with the API. Each has an address of its own, so all that is no page stays the API's.

    By a provider of OpenID Connect operators may sign in, too.
    """
    api.state.openid = openid.for_pages(CALLBACK) if openid else None
    own_door = OwnDoor(door.app, keeps_reads=door.keeps_reads)
    found = [Route(page.path, _endpoint(page, door, own_door), methods=[page.method]) for page in every_page()]
    routes = [*found, *asset_routes(), *slashed_routes(found)]
    site = Router([RouteIndex(routes), *routes], middleware=[Middleware(GZipMiddleware, minimum_size=1_000)])
    paths = dict.fromkeys(route.path for route in routes)
    to_site = [Route(path, site, include_in_schema=False) for path in paths]
    api.router.routes[:] = [RouteIndex(to_site), *api.router.routes, *to_site]


def _endpoint(page: Page, door: Door, own_door: OwnDoor) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        started = time.perf_counter()
        posted: dict[str, list[Any]] = {}
        if page.method == "POST":
            form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD_BYTES)
            for name, value in form.multi_items():
                posted.setdefault(name, []).append(value)
        language = negotiated(
            languages_of(is_own=page.is_own), look_of(request).language, request.headers.get("Accept-Language", "")
        )
        arrived = Arrived(request, posted, language)
        visit = OwnVisit(own_door, arrived) if page.is_own else Visit(door, arrived)
        response = await to_thread(_answer, page, visit)
        for name, value in OF_PAGES.items():
            response.headers.setdefault(name, value)
        milliseconds = round(1000 * (time.perf_counter() - started), 1)
        log.info("page", method=page.method, page=page.path, path=request.scope["path"], status=response.status_code,
                 correlation_id=str(visit.correlation_id), milliseconds=milliseconds)  # fmt: skip
        return response

    return respond


def _answer(page: Page, visit: Visit) -> Response:
    try:
        if page.method == "POST" and not is_own_form(visit.request, visit.session, visit.first("_form")):
            return _faulty(visit, HTTPStatus.FORBIDDEN, "frame/foreign.html")
        if not page.is_public:
            _admit(page, visit)
        found = page.show(visit)
        return _page(found, visit) if isinstance(found, Shown) else found
    except NotSignedIn:
        return _to_sign_in(visit)
    except Exception as error:
        return _refused(page, visit, error)


def _refused(page: Page, visit: Visit, error: Exception) -> Response:
    """What the rules refuse with its reason; what is a fault of the program with a code to report."""
    if isinstance(error, ValidationError):
        error = InvalidValue("; ".join(reason(fault) for fault in error.errors()), field="address")
    if isinstance(error, BillingError):
        return _faulty(visit, status_of(error), "frame/refused.html", error=error)
    if isinstance(error, Unavailable):
        return _faulty(visit, HTTPStatus.SERVICE_UNAVAILABLE, "frame/fault.html", error=error)
    log.exception("fault", page=page.path, correlation_id=str(visit.correlation_id))
    return _faulty(visit, HTTPStatus.INTERNAL_SERVER_ERROR, "frame/fault.html", error=error)


def _admit(page: Page, visit: Visit) -> None:
    """Who has signed in, and may ask what the page asks first."""
    rights = visit.rights
    if page.asks is not None and not visit.may(page.asks):
        visit.refuse(page.asks)
    assert rights is not None


def _page(found: Shown, visit: Visit) -> Response:
    is_known = bool(visit.session) and "rights" in vars(visit)
    frame = visit.frame if is_known else "frame/gate.html"
    menu = menu_of(visit) if is_known and not isinstance(visit, OwnVisit) else []
    values = {**found.values, "frame": frame, "menu": menu}
    headers = WITHIN_THIS_SITE if found.is_framed else None
    response = HTMLResponse(rendered(found.template, values, visit), found.status, headers)
    if found.notice is not None:
        put_notice(response, found.notice, visit.request)
    elif visit.notice is not None and not visit.is_part:
        response.delete_cookie(NOTICE, path="/")
    return response


def _to_sign_in(visit: Visit) -> Response:
    """To the sign-in, and back after it: to this page, or to the one with the form that was sent."""
    asked, is_sent = visit.request.url, visit.request.method != "GET"
    here = f"{asked.path}?{asked.query}" if asked.query else asked.path
    wanted = visit.came_from if is_sent or visit.is_part else here
    words = {"next": wanted} if wanted not in ("", visit.first_page) else {}
    words |= {ENDED: "yes"} if is_sent and visit.session else {}
    address = f"{visit.sign_in}?{urlencode(words)}" if words else visit.sign_in
    response: Response
    if visit.is_part:
        response = Response(headers={"HX-Redirect": address})
    else:
        response = RedirectResponse(address, HTTPStatus.SEE_OTHER)
    response.delete_cookie(visit.cookie, path="/")
    return response


def _who_may(visit: Visit, error: Exception | None) -> list[str]:
    """The roles that permit what was refused, so that somebody else can be asked."""
    if not isinstance(error, NotPermitted) or not error.value:
        return []
    with visit.door.app.queries.cursor() as cursor:
        return [role.code for role in list_roles(cursor) if permits(role.permissions, error.value)]


def _faulty(visit: Visit, status: HTTPStatus, template: str, error: Exception | None = None) -> Response:
    code = str(visit.correlation_id)[-12:]
    values = {
        "error": said_of(error) if error else "",
        "status": int(status),
        "code": code,
        "may": _who_may(visit, error),
    }
    return _page(Shown(template, values, int(status)), visit)
