"""The edge: texts of people and programs become values of the core, and back.

`models` derives a pydantic model from any struct: of a command, of the core, of a file. `words` says by which word an
attribute is written if not by its own name, once for files, the command line and every other door. `values` reads
single values, `faults` explains what is wrong with them.

pydantic is imported here and nowhere below: commands and the core carry values that were checked before.
"""
