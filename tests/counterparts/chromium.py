"""A real browser: Debian's Chromium, driven by playwright."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.counterparts.debian import require_program


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, started; the test is skipped if it is absent and cannot be installed."""
    program = require_program("chromium", "chromium")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=program) as browser:
        yield browser
