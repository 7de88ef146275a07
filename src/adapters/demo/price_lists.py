"""The demo's price list of calls, sent as a carrier or operator sends it: terms in YAML, rows in CSV."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.bootstrap.origins import origin_of_process
from adapters.files.price_list import head_in, read_price_list
from commands.usage.price_lists import Published

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application

CODE = "calls"
TERMS = """
code: calls
name: Calls
currency: EUR
unit: minute
zone: Europe/Prague
country: CZ
bands:
  - code: peak
    hours: {monday: ["08:00-19:00"], tuesday: ["08:00-19:00"], wednesday: ["08:00-19:00"], thursday: ["08:00-19:00"],
            friday: ["08:00-19:00"]}
  - {code: off-peak}
"""
ROWS = """Dial code;Destination;Zone;Peak;Off-peak;Setup fee;Increment;Special
+420;Czechia;national;0.06;0.03;;60/1;
+420 601, +420 602;Czechia mobile;national;0.09;0.06;;60/1;
+421;Slovakia;europe;0.09;0.07;0.02;60/1;
+44;United Kingdom;europe;0.12;0.12;0.02;60/60;
+49;Germany;europe;0.08;0.06;0.02;60/1;
+49 15, +49 16, +49 17;Germany mobile;europe;0.14;0.14;0.02;60/1;
+1;North America;world;0.10;0.10;0.05;60/60;
112;Emergency;national;0;0;;;yes
*;Other countries;world;0.90;0.90;0.10;60/60;
"""


def publish_price_list(app: Application, on: date) -> Published:
    """Publish the list from a day on; a second time nothing changes."""
    head = head_in(TERMS)
    with tempfile.TemporaryDirectory(prefix="billing-demo-") as folder:
        file = Path(folder, "calls.csv")
        file.write_text(ROWS, encoding="utf-8")
        found = read_price_list(file, head, on)
    assert found.price_list is not None
    return app.price_lists.publish(found.price_list, head.listed_as, origin_of_process("demo", on))
