"""Fio is asked again and again, and each movement is booked once."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from functools import partial
from http import HTTPStatus

from pydantic import SecretStr

from adapters.banks.fio_simulator import TOKEN, FioAccount, FioMovement, serve
from adapters.bootstrap.fio_poll import FioPoll
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.bootstrap.statement_files import take_in_file
from commands.bank_statements.statements import RegisterBankAccount
from projections.remittances import remittances_after
from tests.operators import Operator, silent

WRITTEN, IBAN = b"CZ1420100000002900000001", "CZ9320100000002000145399"


class OtherAccount(FioAccount):
    """The simulated account under a number that an IBAN can have."""

    def answer(self, path: str) -> tuple[HTTPStatus, bytes]:
        status, content = super().answer(path)
        return status, content.replace(WRITTEN, IBAN.encode())


def waiting(operator: Operator) -> list[str]:
    return [row.remittance for row in operator.ask(partial(remittances_after, waiting_only=True), "", 10)]


def test_what_fio_answers_is_booked_once_however_often_it_is_asked(operator: Operator):
    operator.tell(RegisterBankAccount(iban=IBAN, seller="north", source="fio", currency="CZK"))
    application = operator.application
    today = SellerClock(application.store, application.tables).local_now().date()
    account = OtherAccount(
        [FioMovement(id=1, on=today - timedelta(days=1), amount=Decimal("100.00"), variable="17")],
        seconds_between_calls=0,
    )
    with serve(account) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        settings = Settings(fio_tokens={IBAN: SecretStr(TOKEN)}, fio_url=url)
        poll = FioPoll(application, settings, lambda path, origin: take_in_file(
            application, path, path.name, origin, silent
        ))  # fmt: skip
        poll.advance()
        assert waiting(operator) == ["fio:1"]
        before = operator.store_contents()["events"]
        poll.advance()
        assert operator.store_contents()["events"] == before

        account.movements.append(FioMovement(id=2, on=today, amount=Decimal("0.30"), message="za internet"))
        poll.advance()
        server.shutdown()

    assert waiting(operator) == ["fio:1", "fio:2"]
    assert operator.findings() == []


def test_a_refused_token_keeps_back_no_other_account(operator: Operator):
    other = "SK6807200002891987426353"
    operator.tell(RegisterBankAccount(iban=IBAN, seller="north", source="fio", currency="CZK"))
    application = operator.application
    today = SellerClock(application.store, application.tables).local_now().date()
    account = OtherAccount([FioMovement(id=1, on=today, amount=Decimal("1.00"))], seconds_between_calls=0)
    with serve(account) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        tokens = {other: SecretStr("b" * 64), IBAN: SecretStr(TOKEN)}
        settings = Settings(fio_tokens=tokens, fio_url=f"http://127.0.0.1:{server.server_port}")
        FioPoll(application, settings, lambda path, origin: take_in_file(
            application, path, path.name, origin, silent
        )).advance()  # fmt: skip
        server.shutdown()
    assert waiting(operator) == ["fio:1"]
