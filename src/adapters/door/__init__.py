"""The door of people and programs: who asks, whether the roles permit it, and the command or query carried out.

The API and the pages come in through it, so that both have the same rights, the same refusals and the same LOG.
"""
