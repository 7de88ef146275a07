"""A keyboard in a browser: fields, links and buttons are reached by tabs, as who has no mouse reaches them."""

from __future__ import annotations

from playwright.sync_api import Page

MOST_TABS = 120
NAMED = """() => {
    const it = document.activeElement;
    return (it.labels?.[0]?.innerText ?? it.getAttribute("aria-label") ?? it.innerText ?? "").trim();
}"""


def reach(page: Page, words: str) -> None:
    """The focus on what begins with these words."""
    for _ in range(MOST_TABS):
        if str(page.evaluate(NAMED)).startswith(words):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no tab leads to {words!r}")


def typed_on(page: Page, label: str, text: str) -> None:
    """A field that the keyboard reaches, filled in by keys."""
    reach(page, label)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
