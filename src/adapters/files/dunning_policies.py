"""A dunning policy as it is written in YAML.

code: home
name: Households
currency: EUR
skips: [weekends, holidays]
tolerance_days: 14
steps:
  - {code: due-soon, when: {by: days, days: -3}, message: due-soon, channels: [email]}
  - {code: reminder, when: {by: working-days, days: 5}, message: overdue}
  - code: suspend
    when: {by: days, days: 21}
    least_amount: "5.00"
    fee: {amount: "5.00", description: Reminder, vat: "21"}
    actions: [{does: suspend}, {does: open-ticket, kind: visit}]
  - {code: end, when: {by: day-of-month, day: 10, months: 1}, actions: [{does: terminate, reason: not paid}]}
"""

from __future__ import annotations

from pathlib import Path

from adapters.files.yaml_documents import read_document
from billing_core.dunning.policies import DunningPolicy


def read_policy(path: Path) -> DunningPolicy:
    """The policy in a file; what is not well-formed is one `InvalidValue` that names each place with its line."""
    return read_document(path).read_as(DunningPolicy)
