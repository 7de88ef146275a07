"""Contracts with customers: what was agreed on paper, from the draft to its end.

`kinds` are the kinds of contract with the templates by which they are printed; `terms` are how long a contract lasts
and when it ends after a notice; `services` is what is sold by it. `events` happen to a contract, `contract` is its
state, and `decisions` say what may happen next. What the services cost and do is not decided here: a contract only
shows it as it stood when the contract was printed.
"""
