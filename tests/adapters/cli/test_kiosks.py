"""A simulator plays a kiosk against a server as a process, and a register is compared."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx

from tests.adapters.cli.conftest import Billing, Serve

TERMS = """
kiosk: hall
terms:
  protocol: signed-json
  seller: {seller}
  currencies: [{{from: 2026-01-01, currency: EUR}}]
"""


def test_a_misbehaving_kiosk_finds_nothing_wrong(opened: Billing, serve: Serve):
    assert opened("kiosk").output == "No kiosk and no wallet is connected.\n"
    ((seller,),) = opened.select("SELECT code FROM live.sellers LIMIT 1")
    (opened.folder / "hall.yaml").write_text(TERMS.format(seller=seller), encoding="utf-8")
    connected = opened("do", "connect-kiosk", "--file", str(opened.folder / "hall.yaml"))
    assert connected.code == 0, connected.errors
    secret = opened("kiosk", "secret", "hall").output.strip()
    client: httpx.Client = serve("--only", "api")
    payers = ("--payer", "1", "--payer", "2", "--payments", "8", "--json")
    played = ("kiosk", "simulate", f"{client.base_url}/kiosk/hall", "--protocol", "signed-json", *payers)

    course = opened(*played, "--secret", secret)
    guessed = opened(*played, "--secret", "a guess of mine", "--faults", "")

    assert (course.code, course.json["taken"], course.json["wrong"]) == (0, 8, [])
    assert (guessed.json["taken"], guessed.json["results"]) == (0, {"forged": 16})
    shown = opened("kiosk", "transactions", "hall", "--state", "taken", "--json").json["transactions"]
    assert sorted(row["transaction"] for row in shown) == [str(number) for number in range(1, 9)]
    assert "forged" in opened("kiosk", "refusals", "hall").output
    assert "signed-json" in opened("kiosk").output and "taken" in opened("kiosk", "days", "hall").output

    rows = "".join(f"{row['transaction']};{row['amount']['amount']}\n" for row in shown if row["transaction"] != "3")
    (opened.folder / "register.csv").write_text(f"txn_id;sum\n{rows}", encoding="utf-8")
    today = str(datetime.now(UTC).date())
    form = ("--on", today, "--transaction", "txn_id", "--amount", "sum", "--delimiter", ";")
    compared = opened("kiosk", "register", "hall", str(opened.folder / "register.csv"), *form).output
    assert "7 lines, 7 agree, 1 difference" in compared and "3: ours-alone, theirs nothing, ours" in compared
    (opened.folder / "register.csv").write_text("txn_id;sum\n1;abc\n", encoding="utf-8")
    wrong = opened("kiosk", "register", "hall", str(opened.folder / "register.csv"), *form)
    assert wrong.code == 1 and "line 2: amount 'abc'" in wrong.output
