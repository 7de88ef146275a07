"""The books as of a moment: every link and search of such a page leads on to the books as of the same moment.

href="/customers/7"                 -> href="/customers/7?as_of=june"
href="/customers?search=eva"        -> href="/customers?search=eva&amp;as_of=june"
data-now href="/customers/7"        stays: it leads back to today
"""

from __future__ import annotations

import re
from urllib.parse import quote

from markupsafe import escape

LINK = re.compile(r'(?<!data-now )\b(href|hx-get)="(/(?!static/|sign-|profile|keys)[^"#]*)(#[^"]*)?"')
SEARCH = re.compile(r'(<form\b[^>]*(?:method="get"|role="search")[^>]*>)')
NAMED = re.compile(r"[?;]as_of=")


def kept_as_of(page: str, name: str) -> str:
    """The page, whose links lead on to the books as of the same moment. What people wrote is escaped, so no link."""

    def linked(found: re.Match[str]) -> str:
        attribute, address, place = found[1], found[2], found[3] or ""
        if NAMED.search(address):
            return found[0]
        return f'{attribute}="{address}{"&amp;" if "?" in address else "?"}as_of={quote(name)}{place}"'

    hidden = f'<input type="hidden" name="as_of" value="{escape(name)}">'
    return SEARCH.sub(lambda found: found[1] + hidden, LINK.sub(linked, page))
