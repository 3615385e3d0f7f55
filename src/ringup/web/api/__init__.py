"""The REST API at ``/api/v1``: the same reading and changing as the pages, for programs.

`app.py` puts the parts together, `access.py` checks tokens and roles, `forms.py` has the JSON forms, and each
further file has the addresses of one subject.
"""
