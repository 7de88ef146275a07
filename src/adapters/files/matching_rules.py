"""The matching rules of a seller as they are written in YAML.

rungs: [invoice-number, account-number, customer-number, creditor-reference, payer-account, text, open-amount]
patterns:
  - {pattern: "contract ([0-9]{6})", finds: customer}
doubts: [payer-account]
"""

from __future__ import annotations

from pathlib import Path

from adapters.files.yaml_documents import read_document
from billing_core.payments.matching_rules import MatchingRules


def read_matching_rules(path: Path) -> MatchingRules:
    """The rules in a file; what is not well-formed is one `InvalidValue` that names each place with its line."""
    return read_document(path).read_as(MatchingRules)
