"""Vouchers: series of one-time codes that are sold by dealers and redeemed as payments."""
