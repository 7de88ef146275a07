"""A client that is generated from the API's description does a day's work of a front office on a running server.

The generator must take the whole description: a warning would mean that the client lacks something.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.adapters.cli.conftest import Billing, Serve

PACKAGE = "billing_client"
Ask = Callable[..., Any]


@pytest.fixture
def generated(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A running server, from whose description the package `billing_client` was generated."""
    client = serve("--only", "api")
    description, settings = tmp_path / "openapi.json", tmp_path / "client.yaml"
    described = client.get("/v1/openapi.json")
    description.write_bytes(described.content)
    settings.write_text(json.dumps({"content_type_overrides": files_as_bytes(described.json())}), encoding="utf-8")
    made = subprocess.run(
        [
            sys.executable, "-m", "openapi_python_client", "generate", "--path", str(description), "--config",
            str(settings), "--meta", "none", "--output-path", str(tmp_path / PACKAGE), "--fail-on-warning",
        ],
        capture_output=True, text=True, check=False,
        # It puts the client in order with ruff, which stands next to this Python.
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"},
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    monkeypatch.syspath_prepend(tmp_path)
    yield client
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


OF_FILES = ("image/", "application/vnd.apache.")


def files_as_bytes(described: dict[str, Any]) -> dict[str, str]:
    """The setting by which the generator takes any file that is sent, pictures and Parquet: it knows bytes alone."""
    operations = [each for path in described["paths"].values() for each in path.values()]
    sent = {kind for each in operations for kind in each.get("requestBody", {}).get("content", ())}
    answers = [answer for each in operations for answer in each["responses"].values()]
    sent |= {kind for answer in answers for kind in answer.get("content", ()) if kind.startswith(OF_FILES)}
    return dict.fromkeys(sent - {"application/json"}, "application/octet-stream")


@pytest.fixture
def ask(generated: httpx.Client, opened: Billing) -> Ask:
    """Calls a function of the generated client as an operator who has signed in by its functions, too."""
    models, package = importlib.import_module(f"{PACKAGE}.models"), importlib.import_module(PACKAGE)
    made = opened("staff", "break-glass").output.split()[-1]
    address = str(generated.base_url)
    sign_in = importlib.import_module(f"{PACKAGE}.api.staff.sign_in")
    credentials = models.SignInBody(operator="administrator", password=made)
    session = sign_in.sync(client=package.Client(base_url=address), body=credentials)
    signed_in = package.AuthenticatedClient(base_url=address, token=session.token, raise_on_unexpected_status=True)

    def call(operation: str, *path: str, body: dict[str, Any] | None = None, **parameters: Any) -> Any:
        function = importlib.import_module(f"{PACKAGE}.api.{operation}")
        if body is not None:
            name = "".join(word.title() for word in operation.rpartition(".")[2].split("_"))
            parameters["body"] = getattr(models, name)(**body)
        return function.sync(*path, client=signed_in, **parameters)

    return call


@pytest.mark.slow
def test_a_generated_client_does_a_whole_day_of_a_front_office(ask: Ask, opened: Billing):
    """Registered, activated, moved to another tariff, billed, paid, paid wrongly, put right, and asked about."""
    opened("do", "publish-tariff", "--file", opened.file("fast.yaml", FAST))
    ask("parties.register_customer", body={"number": "C9", "name": "Ilze Bērziņa", "registered_on": JANUARY})
    account = {"account": "9", "customer": "C9", "seller": "north", "currency": "EUR", "opened_on": JANUARY}
    ask("accounts.open_account", body=account)
    service = {"subscription": "main", "tariff": "net", "on": JANUARY}
    ask("services.activate_subscription", "9", body=service)
    ask("services.change_tariff", "9", "main", body={"tariff": "fast", "on": date(2026, 2, 1)})

    billed = ask("billing.bill_account", "9", body={"on": date(2026, 2, 1)})

    shown = ask("accounts.show_balance", "9", min_position=billed.position)
    assert (shown.balance.amount, shown.balance.currency) == ("-59.88", "EUR")  # 19.90 and 30.00, plus 20 % VAT.
    invoices = ask("billing.list_invoices_of_account", "9").items
    assert [invoice.gross.amount for invoice in invoices] == ["59.88"]

    money = {"source": "desk", "amount": "59.88", "currency": "EUR", "received_on": date(2026, 2, 3)}
    ask("payments.receive_payment", "9", body=money | {"reference": "1"}, idempotency_key="slip 1")
    wrong = ask("payments.receive_payment", "9", body=money | {"reference": "2"}, idempotency_key="slip 2")
    again = ask("payments.receive_payment", "9", body=money | {"reference": "2"}, idempotency_key="slip 2")
    assert (wrong.is_repeated, again.is_repeated, again.position) == (False, True, wrong.position)
    move = {"from_account": "9", "to_account": "1", "reason": "paid for another account"}
    moved = ask("corrections.move_payment", "desk:2", body=move)

    assert ask("accounts.show_balance", "9", min_position=moved.position).balance.amount == "0.00"
    assert ask("accounts.show_balance", "1").balance.amount == "59.88"
    assert [each.payment for each in ask("payments.list_payments", "9").items] == ["desk:1"]

    changes = ask("audit.list_changes", customer="C9", event="payment-moved-away").items
    assert [(each.actor, each.channel, each.source, each.what) for each in changes] == [
        ("administrator", "HTTP", "127.0.0.1", "desk:2 of 59.88 EUR to account 1, because: paid for another account")
    ]
    refused = ask("billing.show_invoice", "none")
    assert (refused.status, refused.code) == (404, "not-found")


JANUARY = date(2026, 1, 1)
FAST = """
code: fast
name: Fast internet
currency: EUR
components:
  - {code: fee, name: Monthly fee, kind: recurring, vat: 20, prices: [{price: 30.00, from: 2020-01-01}]}
"""
