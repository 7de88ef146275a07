"""Billing: what is decided for one account, and which documents say so.

`run` decides an account for a date, `prepaid` with the money that it has, `decision` chooses by plan; `composition`
makes documents of the charges that wait; `waivers` takes a charge back by hand, `moves` takes a service to another
account, `repricing` marks what a price list that was revised late concerns.
"""
