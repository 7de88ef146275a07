"""Web pages: the back office of clerks, and the customer's own pages.

A page never decides: it asks the queries of the API and posts its commands, through the same door with the same
rights. It works without JavaScript; htmx replaces parts of a page by the same part of another one (`hx-select`), so
there are no addresses for parts. Each area has a package of its name here, which exports `PAGES`, `LISTS`, `FORMS`,
`JOB_FORMS`, `SET_UP` and `MENU` as far as it has them, and keeps its templates with its modules.
"""
