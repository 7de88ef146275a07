"""Billing: bill one account, reverse a charge, and the run that brings every due account up to a date."""
