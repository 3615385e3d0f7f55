"""The roles of accounts, and what each may do."""

NOBODY = "nobody"
"""No account is needed."""
VIEWER = "viewer"
"""Sees everything but secrets, and changes nothing."""
OPERATOR = "operator"
"""Also changes phones, groups and the site."""
ADMINISTRATOR = "administrator"
"""Also manages accounts and tokens, and sees secrets."""

ROLES = (NOBODY, VIEWER, OPERATOR, ADMINISTRATOR)
"""The roles; each may do everything that the roles before it may."""


GIVEN_ROLES = ROLES[1:]
"""The roles that an account or a token may have."""


def may(role: str, needed: str) -> bool:
    """Return whether a role may do what needs another role."""
    return ROLES.index(role) >= ROLES.index(needed)
