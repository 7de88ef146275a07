"""The application that a server runs: the routes under `/v1`, their description, and what a monitor asks."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.routing import Route

from adapters.bootstrap.accounting import AccountingDesk
from adapters.bootstrap.application import Application
from adapters.bootstrap.card_desk import CardDesk
from adapters.bootstrap.kiosk_desk import KioskDesk
from adapters.door.door import Door
from adapters.door.job_door import JobDoor
from adapters.edge.route_index import StraightToEndpoint
from adapters.edge.slashed_routes import slashed_routes
from adapters.http import (
    accounting_endpoint,
    card_callback_endpoint,
    feed_endpoint,
    kiosk_endpoint,
    openid_endpoints,
    sms_report_endpoint,
    unsubscribe_endpoint,
)
from adapters.http.answers import encoded
from adapters.http.arrivals import Arrivals
from adapters.http.asyncapi import asyncapi_document
from adapters.http.attachment_endpoints import downloading, is_download, receiving
from adapters.http.endpoints import Endpoint, answering, endpoint_of
from adapters.http.job_endpoints import cancelling, following, listing, showing, starting
from adapters.http.openapi import document
from adapters.http.problems import Problem, problem_of
from adapters.http.route import JOBS, PREFIX, routes
from adapters.http.staff_endpoints import (
    changing_own_password,
    closing,
    confirming_second_factor,
    ending_own_session,
    listing_own_sessions,
    opening,
    renewing,
    setting_up_second_factor,
    showing_myself,
)
from adapters.monitoring.metrics import exposition
from adapters.outgoing.openid import OpenIdProvider
from adapters.outreach.sms_settings import SmsReportSettings
from adapters.views.outreach.feed import ListEvents
from billing_core.kernel.errors import BillingError

DISTRIBUTION = "billing-engine"


def http_application(
    app: Application, *, keeps_reads: bool = False, openid: OpenIdProvider | None = None,
    desk: AccountingDesk | None = None, sms_reports: SmsReportSettings | None = None,
    cards: CardDesk | None = None,
) -> FastAPI:  # fmt: skip
    """The whole API on one application; if it `keeps_reads`, it is kept who read whose personal data.

    By a provider of OpenID Connect operators may sign in, too. `desk` takes in accounting of sessions, and
    what gateways of SMS report is taken in as `sms_reports` say. `cards` takes in what a gateway of cards calls.
    """
    door = Door(app, keeps_reads=keeps_reads)
    api: FastAPI = FastAPIOffline(
        title="Billing", openapi_url=f"{PREFIX}/openapi.json", docs_url="/docs", redoc_url=None
    )
    accounting = accounting_endpoint.accounting(door, desk or AccountingDesk(app.store, app.tables))
    api.add_route(accounting_endpoint.PATH, accounting, methods=["POST"])
    taking = kiosk_endpoint.taking(KioskDesk(app))
    for path in kiosk_endpoint.PATHS:
        api.add_route(path, taking, methods=kiosk_endpoint.METHODS, include_in_schema=False)
    jobs = JobDoor(door)
    api.state.arrivals = arrivals = Arrivals(app.log)
    for route in routes():
        if route.operation.is_job:
            endpoint = starting(route, jobs)
        elif route.struct is ListEvents:
            endpoint = feed_endpoint.following(door, arrivals)
        elif is_download(route):
            endpoint = downloading(route, door)
        else:
            endpoint = endpoint_of(route, door)
        api.add_route(PREFIX + route.path, endpoint, methods=[route.method], name=route.operation.name)
    api.add_route(f"{PREFIX}{JOBS}", listing(jobs), methods=["GET"])
    api.add_route(f"{PREFIX}{JOBS}/{{job}}", showing(jobs), methods=["GET"])
    api.add_route(f"{PREFIX}{JOBS}/{{job}}/events", following(jobs), methods=["GET"])
    api.add_route(f"{PREFIX}{JOBS}/{{job}}/cancel", cancelling(jobs), methods=["POST"])
    api.add_route(f"{PREFIX}/attachments", receiving(door), methods=["POST"])
    api.add_route(f"{PREFIX}/sessions", opening(door), methods=["POST"])
    api.add_route(openid_endpoints.PATH, openid_endpoints.beginning(door, openid), methods=["GET"])
    api.add_route(f"{openid_endpoints.PATH}/callback", openid_endpoints.finishing(door, openid), methods=["GET"])
    api.add_route(f"{PREFIX}/sessions/current", closing(door), methods=["DELETE"])
    api.add_route(f"{PREFIX}/sessions/current/renew", renewing(door), methods=["POST"])
    api.add_route(f"{PREFIX}/me/sessions", listing_own_sessions(door), methods=["GET"])
    api.add_route(f"{PREFIX}/me/sessions/{{session}}", ending_own_session(door), methods=["DELETE"])
    api.add_route(f"{PREFIX}/me/password", changing_own_password(door), methods=["PUT"])
    api.add_route(f"{PREFIX}/me/second-factor", setting_up_second_factor(door), methods=["POST"])
    api.add_route(f"{PREFIX}/me/second-factor", confirming_second_factor(door), methods=["PUT"])
    api.add_route(f"{PREFIX}/me", showing_myself(door), methods=["GET"])
    api.add_route(f"{PREFIX}{unsubscribe_endpoint.PATH}", unsubscribe_endpoint.looking(app), methods=["GET"])
    api.add_route(f"{PREFIX}{unsubscribe_endpoint.PATH}", unsubscribe_endpoint.ending(app), methods=["POST"])
    _add_monitoring(api, app)
    if sms_reports is not None:
        reporting = sms_report_endpoint.reporting(app, sms_reports)
        api.add_route(sms_report_endpoint.PATH, reporting, methods=["GET", "POST"], include_in_schema=False)
    if cards is not None:
        called_back = card_callback_endpoint.called_back(cards)
        api.add_route(card_callback_endpoint.PATH, called_back, methods=["POST"], include_in_schema=False)
    api.add_exception_handler(HTTPException, _unrouted)
    # Before the one that the framework has for the same path, which would make another description.
    api.router.routes.insert(0, Route(f"{PREFIX}/openapi.json", _describing(_description)))
    api.add_route(f"{PREFIX}/asyncapi.json", _describing(_description_of_events))
    plain = list(api.router.routes)
    api.router.routes[:] = [*plain, *slashed_routes(plain)]
    api.middleware_stack = StraightToEndpoint(plain, api.build_middleware_stack())
    return api


def _describing(made: Callable[[], bytes]) -> Endpoint:
    """Answers a description, which takes seconds to make: not when a server starts, and while it answers others."""

    async def respond(request: Request) -> Response:
        return Response(await to_thread(made), media_type="application/json")

    return respond


# They are made of classes alone, so they are the same for every application.
@cache
def _description() -> bytes:
    return encoded(document(version(DISTRIBUTION)))


@cache
def _description_of_events() -> bytes:
    return encoded(asyncapi_document(version(DISTRIBUTION)))


def _add_monitoring(api: FastAPI, app: Application) -> None:
    async def is_alive(request: Request) -> Response:
        return Response("alive\n", media_type="text/plain")

    async def is_ready(request: Request) -> Response:
        shown, newest = await to_thread(_standing, app)
        behind = f", {newest - shown:,} events behind" if newest > shown else ""
        return Response(f"ready, read models at position {shown}{behind}\n", media_type="text/plain")

    async def metrics(request: Request) -> Response:
        text = await to_thread(exposition, app, datetime.now(UTC))
        return Response(text, media_type="text/plain; version=0.0.4")

    api.add_route("/healthz", is_alive)
    api.add_route("/readyz", answering(is_ready, "readyz"))
    api.add_route("/metrics", answering(metrics, "metrics"))


def _standing(app: Application) -> tuple[int, int]:
    """The position that the read models show, and the newest; not ready if either is of another version."""
    try:
        app.require_fitting_database()
        return app.runner.position(), app.log.newest_position()
    except BillingError as error:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, error.code, str(error)) from error


async def _unrouted(request: Request, error: Any) -> Response:
    """A path or method that is none of the routes."""
    status = HTTPStatus(error.status_code)
    response = problem_of(
        Problem(status, status.name.lower().replace("_", "-"), f"{request.method} {request.url.path}")
    )
    response.headers.update(error.headers or {})
    return response
