"""The HTTP API: every command and every query under `/v1`, for those who have signed in.

`route` is one row of the tables in `routes`; `door` carries a request out; `problems` says what went wrong; `openapi`
describes all of it; `server` puts it together.
"""
