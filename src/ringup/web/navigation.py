"""The links at the top of every page, and who sees them."""

from typing import NamedTuple

from ringup.web.people.roles import ADMINISTRATOR, OPERATOR, VIEWER


class NavigationLink(NamedTuple):
    """One link at the top of every page."""

    path: str
    title: str
    role: str
    """The least role that sees it."""


NAVIGATION = (
    NavigationLink("/", "Board", VIEWER),
    NavigationLink("/groups", "Groups", VIEWER),
    NavigationLink("/site", "Site", VIEWER),
    NavigationLink("/import", "Import", OPERATOR),
    NavigationLink("/firmware", "Firmware", VIEWER),
    NavigationLink("/dial-plan", "Dial plan", VIEWER),
    NavigationLink("/directory", "Directory", VIEWER),
    NavigationLink("/rings", "Rings and logo", VIEWER),
    NavigationLink("/check", "Check", VIEWER),
    NavigationLink("/why", "Why", VIEWER),
    NavigationLink("/history", "History", VIEWER),
    NavigationLink("/log", "Log", VIEWER),
    NavigationLink("/jobs", "Jobs", VIEWER),
    NavigationLink("/accounts", "Accounts", ADMINISTRATOR),
)
