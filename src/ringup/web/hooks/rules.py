"""What holds for every receiver of webhooks."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from ringup.errors import Problem
from ringup.web.hooks.news import NEWS_KINDS
from ringup.web.people.accounts import name_problems

LONGEST_URL = 500
"""Maximum number of characters of an address."""


def hook_problems(name: str, url: str, kinds: Sequence[str]) -> list[Problem]:
    """Return all mistakes in a receiver."""
    problems = name_problems(name)
    if not _is_address(url):
        cure = "Write it like https://example.com/hook"
        problems.append(Problem("url", f"{url[:80]!r} is no address for http or https.", cure))
    if not kinds or set(kinds) - set(NEWS_KINDS):
        problems.append(
            Problem("kinds", "they are not known, or none is chosen.", f"Choose of: {', '.join(NEWS_KINDS)}.")
        )
    return problems


def _is_address(url: str) -> bool:
    try:
        place = urlsplit(url)
        return (
            place.scheme in ("http", "https") and bool(place.hostname) and (place.port or 1) > 0
            and url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
            and "@" not in place.netloc
        )  # fmt: skip
    except ValueError:
        return False
