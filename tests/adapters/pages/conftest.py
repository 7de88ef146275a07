"""The pages of a fresh database on a port of loopback, and a browser in which operators with some roles sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Thread

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from adapters.bootstrap.application import Application
from adapters.door.door import Door
from adapters.http.server import http_application
from adapters.pages.site import add_pages
from commands.staff.operators import ChangePassword, RegisterOperator
from tests.counterparts.chromium import chromium
from tests.counterparts.debian import free_port, wait_until_it_answers
from tests.operators import Operator, application, database_url, found_operator, operator
from tests.passwords import hash_of

__all__ = ["application", "database_url", "found_operator", "operator"]

PASSWORD = "correct horse battery"
# On a busy machine a page may take its time.
expect.set_options(timeout=20_000)


def site_of(app: Application) -> FastAPI:
    """The pages and the API, as `billing serve` has them."""
    api = http_application(app)
    add_pages(api, Door(app))
    return api


@pytest.fixture
def site(operator: Operator) -> FastAPI:
    return site_of(operator.application)


@pytest.fixture
def new_client(site: FastAPI) -> Iterator[Callable[[], TestClient]]:
    """Opens the pages without a browser; the requests of a client share one event loop, as those of a server do."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(TestClient(site, raise_server_exceptions=False, follow_redirects=False))


@pytest.fixture
def client(new_client: Callable[[], TestClient]) -> TestClient:
    """The pages without a browser, for who has not signed in."""
    return new_client()


def register(operator: Operator, name: str, *roles: str, dealer: str = "") -> None:
    """An operator with roles, who signs in with `PASSWORD`."""
    operator.tell(RegisterOperator(operator=name, name=name.title(), roles=roles, dealer=dealer), actor="boss")
    operator.tell(ChangePassword(operator=name, password_hash=hash_of(PASSWORD)), actor="boss")


SignedIn = Callable[..., TestClient]


@pytest.fixture
def signed_in(operator: Operator, new_client: Callable[[], TestClient]) -> SignedIn:
    """Registers an operator with some roles, who uses the pages without a browser."""

    def sign_in(name: str, *roles: str, dealer: str = "") -> TestClient:
        register(operator, name, *roles, dealer=dealer)
        client = new_client()
        answer = client.post("/sign-in", data={"operator": name, "password": PASSWORD}, headers=FROM_HERE)
        assert answer.status_code == 303, answer.text
        return client

    return sign_in


FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


# --- in a browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def address(site: FastAPI) -> Iterator[str]:
    """The address at which the site is served."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(site, "127.0.0.1", port, log_config=None, access_log=False))
    thread = Thread(target=server.run)
    thread.start()
    try:
        wait_until_it_answers(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


Visitor = Callable[..., Page]


@pytest.fixture
def visitor(operator: Operator, browser: Browser, address: str) -> Iterator[Visitor]:
    """Registers an operator with some roles, who has signed in and looks at the first page.

    At the end no page may have complained: a script that was blocked or failed is an error of its console.
    """
    complaints: list[str] = []
    contexts = []

    def visit(name: str, *roles: str, width: int = 1280, dealer: str = "") -> Page:
        register(operator, name, *roles, dealer=dealer)
        context = browser.new_context(base_url=address, viewport={"width": width, "height": 800}, locale="en-GB")
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/sign-in")
        page.fill("input[name=operator]", name)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield visit
    for context in contexts:
        context.close()
    # The browser itself reports a refused form (422) and a network that a test takes away as failed resources.
    assert [each for each in complaints if "status of 4" not in each and "net::" not in each] == []


def serious_faults(page: Page) -> list[str]:
    """What axe finds on the page that is serious for who cannot see it or use a mouse."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
