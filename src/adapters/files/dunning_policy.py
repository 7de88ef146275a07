"""A dunning policy as a YAML file: the policy as it is published, in the same words.

code: home
name: Households
currency: EUR
skips: [weekends, holidays]
steps:
  - {code: reminder, when: {by: days, days: 7}, message: overdue}
  - {code: suspend, when: {by: days, days: 21}, actions: [{does: suspend}]}
"""

from __future__ import annotations

from pathlib import Path

from adapters.files.yaml_documents import read_document
from billing_core.dunning.policies import DunningPolicy, require_policy


def read_policy(path: Path) -> DunningPolicy:
    """The policy in a file; every fault of it, each with line and place, in one `InvalidValue`."""
    return require_policy(read_document(path).read_as(DunningPolicy))
