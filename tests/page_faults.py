"""What is wrong with pages in a real browser: faults that axe finds serious, more than a phone is wide, too heavy.

A page is shown to axe if an element of it is built as none before: the other pages are made of the same parts.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import APIResponse, Page

MOST_BYTES = 150_000
PHONE = {"width": 320, "height": 640}
ANSWERS = (200, 303, 404, 422)
# What a browser is not permitted to run or to apply, and so must not stand in a page.
INLINE = re.compile(rb"<[^>]+ (?:style|on\w+)=|<script>|<style>")
TELLING = ("class", "type", "role")
# What else of an element axe judges.
NAMING = re.compile("aria-.*|alt|for|title|lang|tabindex|scope|placeholder")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
Shape = tuple[str, str, tuple[str, ...], tuple[str, ...]]


class Shapes(HTMLParser):
    """How the elements of a page are built: where they stand, which attributes they have, and what classes."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[str] = [""]
        self.found: set[Shape] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        named = dict(attrs)
        names, values = (
            tuple(sorted(filter(NAMING.fullmatch, named))),
            tuple(str(named.get(name, "")) for name in TELLING),
        )
        self.found.add((self._open[-1], tag, names, values))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave the element, and what was left open in it."""
        while len(self._open) > 1 and self._open.pop() != tag:
            pass


def faults_of_pages(page: Page, addresses: Sequence[str], least_shown: int) -> Iterator[str]:
    """The faults of the pages, each with its address, as who has signed in sees them.

    A form of what is not possible just now leads elsewhere or is not found; so that pages which should be shown do not
    pass as such, it is a fault, too, if fewer than the least number of pages are shown.
    """
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    known: set[Shape] = set()
    assets, shown = _bytes_of_assets(page), 0
    for address in addresses:
        answer = page.request.get(address, max_redirects=0)
        if answer.status not in ANSWERS:
            yield f"{address}: answered {answer.status}"
        if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        shown += 1
        yield from (f"{address}: {fault}" for fault in _faults_of_text(answer, assets))
        shapes = Shapes()
        shapes.feed(answer.text())
        if not shapes.found <= known:
            known |= shapes.found
            page.goto(address)
            yield from (f"{address}: {fault}" for fault in _faults_of_page(page))
    if shown < least_shown:
        yield f"{shown} of {len(addresses)} pages are shown, {least_shown} at least should be"


def _bytes_of_assets(page: Page) -> int:
    """What a browser loads besides the page when it comes for the first time, as it is sent."""
    found: list[int] = []
    page.on("requestfinished", lambda request: found.append(request.sizes()["responseBodySize"]))
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.reload(wait_until="networkidle")
    return sum(found)


def _faults_of_text(answer: APIResponse, assets: int) -> Iterator[str]:
    body = answer.body()
    if (size := assets + len(gzip.compress(body))) > MOST_BYTES:
        yield f"weighs {size:,} bytes the first time"
    if found := INLINE.search(body):
        yield f"has {found[0].decode()!r}, which the browser refuses"


def _faults_of_page(page: Page) -> Iterator[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > PHONE["width"]:
        yield f"is {width} pixels wide on a phone"
    for each in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]:
        if each["impact"] in ("serious", "critical"):
            yield f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}"
