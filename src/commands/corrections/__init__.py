"""Corrections of what was recorded wrongly: one account, a payment moved to another, or a whole list of them."""
