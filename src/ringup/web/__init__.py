"""The operator's web page and the REST API: a process of its own, which shares only the database with
`ringup serve`.

A request passes through `guard.py` (who asks, and may they?), the one list of routes in `routes.py`, a
function of `views/`, and `answers.py`, which renders the same answer as HTML, JSON or CSV.
"""
