"""Actions: what an operator does to the program itself, by area, for every door.

A delivery that is tried again, a refused command that is given again, a work that is started: none of it is a fact of
the business, so none is an event; its tables keep who did it, and when.
"""
