"""A visit: one request of a page, by whom it is made, and what can be asked and done in it.

Everything here blocks; a page is made in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple, NoReturn
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from starlette.datastructures import UploadFile
from starlette.requests import Request

from adapters.actions.action import actions
from adapters.bootstrap.operations import operations
from adapters.door.door import BEARER, Caller, Done, Door
from adapters.door.own_door import OwnDoor
from adapters.languages.catalogues import translations
from adapters.languages.language import N_, Language, language_of
from adapters.pages.sessions import OWN_SESSION, SESSION, Notice, form_token, look_of, notice_of
from billing_core.kernel.errors import BillingError, Conflict, Unavailable
from billing_core.self_care import customer_of
from commands.billing.foreseen import Foreseen
from commands.platform.bus import Seen
from commands.platform.identity import new_id
from commands.platform.ports import CommandIdReused
from commands.staff.rights import Rights
from projections.platform.asof import AsOf, find

Posted = Mapping[str, Sequence[str | UploadFile]]
SENT_BEFORE = N_(
    "This form was sent before with other values, and that was done. See what was done; to do this too, send it again."
)


def within_site(address: str) -> str:
    """An address without a server's name if it leads to a page of this site, else nothing: `//other` names a server."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else ""


class Arrived(NamedTuple):
    """What came in: the request, the values of its form, and the languages that can be shown."""

    request: Request
    posted: Posted
    language: str


class Visit:
    """One request of a page: by the cookie of whose session, in which frame, and where it leads from there."""

    cookie, frame, first_page, sign_in = SESSION, "frame/frame.html", "/", "/sign-in"

    def __init__(self, door: Door, arrived: Arrived) -> None:
        self.door, self.request, self.posted, self.language = door, arrived.request, arrived.posted, arrived.language
        self.path: dict[str, str] = dict(arrived.request.path_params)
        self.query: dict[str, str] = dict(arrived.request.query_params)
        self.session = arrived.request.cookies.get(self.cookie, "")
        self.look = look_of(arrived.request)
        self.notice: Notice | None = notice_of(arrived.request)
        self.correlation_id: UUID = new_id()
        self.as_of = self.query.get("as_of", "")
        self._caller = self.caller()

    # --- who

    def caller(self, key: str = "", seen: Seen | None = None) -> Caller:
        """The facts of the request for the door; `key` makes the same form again the same command."""
        request = self.request
        source = request.client.host if request.client else "unknown"
        agent = "".join(filter(str.isprintable, request.headers.get("User-Agent", "")))[:200]
        return Caller(f"{BEARER} {self.session}", source, key, self.correlation_id, seen, agent)

    @cached_property
    def rights(self) -> Rights:
        """The rights of who has signed in, else `NotSignedIn`."""
        return self.door.rights_of(self._caller)

    @property
    def form_token(self) -> str:
        return form_token(self.session)

    @cached_property
    def moment(self) -> AsOf | None:
        """The moment that the books of this page show; None for those of today and those that were not built."""
        app = self.door.app
        try:
            return find(app.tables, app.projections, self.as_of) if self.as_of else None
        except (BillingError, Unavailable):
            return None

    @cached_property
    def today(self) -> date:
        """Today in the house's time zone."""
        return self.door.today()

    def may(self, *structs: type) -> bool:
        """Whether who has signed in may ask all these queries and give all these commands now.

        Of books as of a moment nothing can be changed.
        """
        return all(self._may(operations()[struct]) for struct in structs)

    def _may(self, operation: Any) -> bool:
        if operation.kind == "change" and self.as_of:
            return False
        is_open = not self.rights.operator.dealer or operation.concern.reach != "house"
        return is_open and self.rights.permits(operation.permission)

    def refuse(self, command: type) -> NoReturn:
        """Refuse what the roles do not permit, which is kept for the LOG as the same refusal over the API is."""
        self.door.refuse(self.rights, operations()[command], self._caller)

    def translated(self, text: str) -> str:
        """A text of the program in the reader's language."""
        return translations(self.language).gettext(text)

    @property
    def written(self) -> Language:
        """How the reader's language says texts with values, days, amounts and what explains them."""
        return language_of(self.language)

    # --- what

    def ask(self, query: type, **values: Any) -> Any:
        """The answer of a query, which shows what was done by the form before, as of the moment that the page is."""
        words = {name: _plain(value) for name, value in values.items() if value not in ("", None)}
        if self.as_of:
            words["as_of"] = self.as_of
        elif self.notice is not None and self.notice.position:
            words["min_position"] = str(self.notice.position)
        return self.door.answer_for(self.rights, operations()[query], words, self._caller)

    def carry_out(
        self,
        command: type,
        fields: Mapping[str, Any],
        key: str = "",
        seen: Seen | None = None,
        *,
        dry_run: bool = False,
    ) -> Done:
        """A command or action carried out; with `dry_run` what it would answer. An action knows no key."""
        if command in actions():
            key, seen = "", None
        with self.sent_once():
            return self.door.execute(operations()[command], fields, self.caller(key, seen), dry_run=dry_run)

    @contextmanager
    def sent_once(self) -> Iterator[None]:
        """What was typed into a form that was sent already, and reached again by the browser's way back, is refused.

        The form has another key then: sent once more, it is another command.
        """
        try:
            yield
        except CommandIdReused as error:
            self.posted = {**self.posted, "_key": (str(new_id()),)}
            raise Conflict(self.translated(SENT_BEFORE)) from error

    def foresee(self, command: type, fields: Mapping[str, Any]) -> Foreseen:
        """The next bills of the account that a command is about, without it and with it."""
        return self.door.foresee(operations()[command], fields, self._caller)

    # --- addresses and forms

    def first(self, name: str) -> str:
        """The value of a field of the form that was posted, or of the address; empty without one."""
        values = self.posted.get(name, ())
        value = values[0] if values else self.query.get(name, "")
        return value if isinstance(value, str) else ""

    def address(self, **changed: Any) -> str:
        """The address of this page with other parameters; None leaves one out."""
        words = {**self.query, **changed}
        kept = {name: str(value) for name, value in words.items() if value not in (None, "")}
        return f"{self.request.url.path}?{urlencode(kept)}" if kept else self.request.url.path

    @property
    def came_from(self) -> str:
        """The page of this site whose link or form led here; empty if the browser does not say so."""
        headers = self.request.headers
        page = urlsplit(headers.get("HX-Current-URL") or headers.get("Referer", ""))
        if page.netloc != headers.get("Host") or page.path == self.request.url.path == self.sign_in:
            return ""
        return within_site(f"{page.path}?{page.query}" if page.query else page.path)

    @property
    def is_part(self) -> bool:
        """Whether htmx asks for it, to show a part of it."""
        return "HX-Request" in self.request.headers


class OwnVisit(Visit):
    """One request of an own page: of a customer, or of an operator who looks at the customer's pages."""

    cookie, frame, first_page, sign_in = OWN_SESSION, "self_care/frame.html", "/my", "/my/sign-in"
    door: OwnDoor

    @property
    def customer(self) -> str:
        """The number of the customer whose pages they are."""
        return self.rights.customer

    @property
    def is_looked_at(self) -> bool:
        """Whether an operator looks, who changes nothing."""
        return not customer_of(self.rights.operator.code)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return value.isoformat() if isinstance(value, date | datetime) else value if isinstance(value, bool) else str(value)
