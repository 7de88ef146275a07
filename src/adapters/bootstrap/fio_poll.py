"""Asks Fio for the last days of each account with a token, again and again, and takes in what it answers.

    1  the movements of the last days are fetched     a crash here: they are fetched again
    2  the answer is kept and taken in as a statement  a crash here: fetched again, each movement is known by its claim

Days are asked for and not the bank's bookmark, which an answer that is lost would move on. One account is asked by one
process at a time, as the bank allows a token one call in 30 seconds. No token is ever logged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.banks.fio_client import BASE_URL, FioClient
from adapters.bootstrap.application import Application
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from billing_core.kernel.errors import BillingError
from commands.platform.bus import SYSTEM
from commands.platform.identity import new_id
from commands.platform.ports import Origin

LAST_DAYS = timedelta(days=5)
TakeIn = Callable[[Path, Origin], object]

logger = logging.getLogger(__name__)


class FioPoll:
    """Asks for every account once; `take_in` books the file of an answer."""

    def __init__(
        self, application: Application, settings: Settings, take_in: TakeIn, clock: SellerClock | None = None
    ) -> None:
        self._application = application
        self._tokens = settings.fio_tokens
        self._url = settings.fio_url or BASE_URL
        self._take_in = take_in
        self._clock = clock or SellerClock(application.store, application.tables)

    def advance(self) -> int:
        """Ask for the accounts that no other process asks for now; 0, as nothing is left until the next time.

        An account that the bank refuses, or whose statement is refused, keeps back no other.
        """
        for iban, token in self._tokens.items():
            with self._application.tables.only_runner_unless_busy(f"fio {iban}") as is_alone:
                if not is_alone:
                    continue
                try:
                    self._ask(iban, token.get_secret_value())
                except BillingError as error:
                    logger.error("Fio, account %s: %s", iban, error)
        return 0

    def _ask(self, iban: str, token: str) -> None:
        origin = self._origin(iban)
        with FioClient(token, self._url) as client:
            answer = client.period(origin.today - LAST_DAYS, origin.today)
        with TemporaryDirectory(prefix="billing-fio-") as folder:
            file = Path(folder) / f"fio-{iban}-{origin.today}.json"
            file.write_bytes(answer)
            self._take_in(file, origin)

    def _origin(self, iban: str) -> Origin:
        identity = new_id()
        return Origin(
            actor="Fio",
            role=SYSTEM,
            channel="bank",
            source=iban,
            command_id=identity,
            correlation_id=identity,
            recorded_at=self._clock.now(),
            today=self._clock.local_now().date(),
        )
