"""Pictures of all pages, as an administrator sees them in the demo's database.

    billing demo
    python -m tests.screenshots [FOLDER] [PART OF A PATH]     # by default into screenshots/

Each page is taken as on a desk and as on a phone, and the card of a customer in the dark, too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from adapters.bootstrap.application import Application, open_application
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.settings import Settings, open_database
from adapters.door.door import Door
from adapters.http.server import http_application
from adapters.pages.sessions import LOOK
from adapters.pages.site import add_pages
from billing_core.kernel.errors import AlreadyExists
from commands.staff.operators import ChangePassword, RegisterOperator
from tests.counterparts.chromium import chromium
from tests.counterparts.debian import free_port, wait_until_it_answers
from tests.page_addresses import addresses
from tests.passwords import hash_of

DATA = Path("demo-output/database")
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
OPERATOR, PASSWORD = "pictures", "correct horse battery"


def main(folder: Path, part: str) -> None:
    """Take the pictures."""
    with open_database(Settings(data=DATA)) as url:
        settings = Settings(database_url=url, data=DATA)
        with open_application(settings) as app, serving(app) as address, chromium() as browser:
            register(app)
            paths = [path for path in addresses(app) if part in path]
            for name, size in (("desk", DESK), ("phone", PHONE)):
                take(browser.new_context(base_url=address, viewport=size), paths, folder / name)  # type: ignore[arg-type]
            in_the_dark(browser, address, [path for path in paths if path.startswith("/customers/")], folder / "dark")


def register(app: Application) -> None:
    """The administrator who looks at the pages."""
    with suppress(AlreadyExists):
        registered = RegisterOperator(operator=OPERATOR, name="Anna", roles=("administrator",))
        app.bus.execute(registered, origin_of_process("demo"))
    hashed = hash_of(PASSWORD)
    app.bus.execute(ChangePassword(operator=OPERATOR, password_hash=hashed), origin_of_process("demo"))
    app.runner.catch_up()


@contextmanager
def serving(app: Application) -> Iterator[str]:
    """The address at which the pages are served."""
    site, port = http_application(app), free_port()
    add_pages(site, Door(app))
    server = uvicorn.Server(uvicorn.Config(site, "127.0.0.1", port, log_config=None, access_log=False))
    thread = Thread(target=server.run)
    thread.start()
    try:
        wait_until_it_answers(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("input[name=operator]", OPERATOR)
    page.keyboard.press("Enter")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def take(context: BrowserContext, paths: list[str], folder: Path) -> None:
    """A picture of each page in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    page = context.new_page()
    sign_in(page)
    for path in paths:
        answer = context.request.get(path)
        if "text/html" not in answer.headers["content-type"]:
            continue
        page.goto(path)
        page.wait_for_load_state("networkidle")
        name = path.strip("/").replace("/", "_") or "first"
        page.screenshot(path=folder / f"{answer.status}-{name}.png", full_page=True)
    context.close()


def in_the_dark(browser: Browser, address: str, paths: list[str], folder: Path) -> None:
    context = browser.new_context(base_url=address, viewport=DESK)  # type: ignore[arg-type]
    context.add_cookies([{"name": LOOK, "value": "dark..", "url": address}])
    take(context, paths, folder)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(Path(arguments[0] if arguments else "screenshots"), arguments[1] if len(arguments) > 1 else "")
