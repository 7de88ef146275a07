"""Asks the API of Fio banka for movements of an account; the answer is JSON for `adapters/banks/fio_json.py`.

A token belongs to one account and allows one call in 30 seconds; a call before that is answered with 409, and refused
here without waiting. The bank keeps a bookmark: what came after it is asked for without days, which moves it. If such
an answer is lost, the bookmark must be set back. The token stands in the address, so no error names the address.
Source: Fio's guide of its API.
"""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from types import TracebackType

import httpx2

from billing_core.kernel.errors import InvalidValue, RuleViolation, Unavailable

BASE_URL = "https://fioapi.fio.cz/v1/rest"
SECONDS_BETWEEN_CALLS = 30
TIMEOUT_SECONDS = 60.0
MOST_BYTES = 64 * 1024 * 1024
LENGTH_OF_TOKEN = 64


class TooSoon(RuleViolation):
    """The bank allows one call in 30 seconds for a token; nothing was asked, so ask again later."""

    code = "fio-too-soon"


class FioClient:
    """The movements of the account of a token."""

    def __init__(self, token: str, base_url: str = BASE_URL) -> None:
        if len(token) != LENGTH_OF_TOKEN or not token.isalnum():
            raise InvalidValue(f"must have {LENGTH_OF_TOKEN} letters and digits, as the internet banking shows it",
                               field="token", value=f"{len(token)} characters")  # fmt: skip
        self._token = token
        self._client = httpx2.Client(base_url=base_url, timeout=TIMEOUT_SECONDS, follow_redirects=False)

    def __enter__(self) -> FioClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def period(self, from_on: date, to_on: date) -> bytes:
        """The movements of some days, both included, with the balances before and after them."""
        return self._get("periods", f"{from_on}/{to_on}/transactions.json")

    def since_bookmark(self) -> bytes:
        """The movements after the bookmark, which stands after the last of them from now on."""
        return self._get("last", "transactions.json")

    def set_bookmark_after(self, movement: str) -> None:
        """The next movements are those after this one, named by the bank's id."""
        if not movement.isdecimal():
            raise InvalidValue("must be the bank's id of a movement, a number", field="movement", value=movement)
        self._get("set-last-id", f"{movement}/")

    def set_bookmark_to(self, on: date) -> None:
        """The next movements are those from this day on."""
        self._get("set-last-date", f"{on}/")

    def _get(self, call: str, rest: str) -> bytes:
        try:
            answer = self._client.get(f"/{call}/{self._token}/{rest}")
        except httpx2.HTTPError as error:
            raise Unavailable(f"Fio cannot be reached: {type(error).__name__}") from None
        match answer.status_code:
            case HTTPStatus.OK:
                return self._whole(answer)
            case HTTPStatus.CONFLICT:
                raise TooSoon(f"Fio allows one call in {SECONDS_BETWEEN_CALLS} seconds for a token; ask again later")
            case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                raise RuleViolation("Fio has too many movements for one answer; ask for fewer days")
            case HTTPStatus.UNPROCESSABLE_ENTITY:
                raise RuleViolation("Fio gives movements older than 90 days only after a confirmation in the internet "
                                    "banking; confirm it there, or ask for later days")  # fmt: skip
            case HTTPStatus.INTERNAL_SERVER_ERROR | HTTPStatus.NOT_FOUND:
                raise RuleViolation("Fio does not know this token, or not yet: a new one serves 5 minutes after it was "
                                    "made, for up to 180 days")  # fmt: skip
            case status:
                raise Unavailable(f"Fio answers with the status {status}; ask again later")

    def _whole(self, answer: httpx2.Response) -> bytes:
        if len(answer.content) > MOST_BYTES:
            raise RuleViolation("Fio's answer is larger than 64 MiB; ask for fewer days")
        return answer.content
