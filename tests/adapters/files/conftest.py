"""A small cable operator, whose subscriber files the tests read with a profile of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.files.profile import Profile
from adapters.files.profile_files import load_profile

NORTH_CABLE = """
name: north-cable
delimiter: ";"
setup:
  seller: {code: north, name: North Cable, address: {city: Riverside, country: LV}}
  tariffs:
    - code: tv
      name: Cable TV
      currency: EUR
      components:
        - code: monthly
          name: Monthly fee
          kind: recurring
          vat: 21
          prices: [{price: 9.90, from: 2020-01-01}]
columns:
  Nr: [customer.number, account.number, subscription.code]
  Fee: subscription.prices.monthly
  Since: subscription.activated_on
  Kind: {to: customer.kind, values: {P: person, C: company}}
  Country: customer.address.country
  Currency: account.currency
  Day: account.billing_day
texts:
  customer.name: "{First} {Last}"
constants:
  account.seller: north
  subscription.tariff: tv
dates:
  subscription.terminated_on: {on: 2026-11-01, when: {Left: Yes}, otherwise: {Left: No}}
ignore: [Notes]
"""

HEADER = "Nr;First;Last;Kind;Country;Fee;Currency;Day;Since;Left;Notes"

WriteFile = Callable[..., Path]


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    path = tmp_path / "north-cable.yaml"
    path.write_text(NORTH_CABLE)
    return load_profile(str(path))


@pytest.fixture
def header() -> str:
    return HEADER


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    """Write lines into a file; answers its path."""

    def write(*lines: str, name: str = "rows.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return write
