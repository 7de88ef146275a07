"""Billing: from a timeline and a price list to charges, and from charges to documents.

- `periods`: the grid of calendar months that a billing day cuts the calendar into.
- `charges`: what should have been charged over a stretch of days, and the difference to what was.
- `invoices`: charges become an invoice and credit notes, with VAT per rate.
- `run`: the one decision of a billing run for one account, made of the three above.
"""
