"""The rules of billing: values, events, state and pure decisions.

Lives here: what an amount, a period, a tariff and an account are, which events can happen, and the functions that
decide them from state, facts and a date. Prices, dates, the next number and "today" are arguments.

Does not live here: input and output, the clock, SQL, any framework.

May import: the standard library, msgspec, the list of ISO 4217, and the domain module of the event-sourcing
library.
"""
