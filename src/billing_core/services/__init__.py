"""Subscriptions: what was active, suspended or ended, and when (`timeline`), and what may change (`changes`)."""
