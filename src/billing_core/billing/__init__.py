"""Billing: the decision for one account, and its documents.

`bills` is the one generator of bills: `run` decides an account for a date, `prepaid` with the money that it has,
`decision` chooses by plan; `composition` makes documents of the charges that wait, `issuing` events of all of it.
`waivers` takes a charge back by hand, `moves` takes a service to another account, `unpriced_usage` settles usage that a
change leaves without a price, `repricing` marks what a price list that was revised late concerns,
`yearly_gain` asks what it brings.
"""
