"""Sellers and customers: who issues documents and who receives them.

`details` and `bank_details` are what they have in common; `versions` is how a document names the state that it shows.
`sellers` issue documents, numbered by a `number_series`; `numbering` says by which one. `customers` receive documents;
of a forgotten one `forgotten` is what remains.
"""
