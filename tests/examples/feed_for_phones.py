"""An outside package's service: the headlines of a text feed (RSS or Atom) on the phones' screens.

Its pyproject.toml would have:

    [project]
    dependencies = ["ringup", "feedparser"]

    [project.entry-points."ringup.services"]
    headlines = "feed_for_phones:headlines"
"""

import os

import feedparser

from ringup.pages.objects.values import Menu, MenuItem, Text
from ringup.pages.services.caller import Caller
from ringup.pages.services.service import service

MOST = 20


@service("Headlines")
def headlines(caller: Caller) -> Menu:
    """Show the titles."""
    titles = [entry.title for entry in _feed().entries[:MOST]]
    return Menu(
        [MenuItem(title, caller.url("service/article", number=n)) for n, title in enumerate(titles)], "News"
    )


@service("Headlines", listed=False)
def article(caller: Caller, number: int) -> Text:
    """Show one article."""
    entry = _feed().entries[number]
    return Text(entry.summary, entry.title)


def _feed() -> feedparser.FeedParserDict:
    feed = feedparser.parse(os.environ["FEED"])
    if feed.bozo and not feed.entries:
        raise ValueError(f"{os.environ['FEED']} is not a feed: {feed.bozo_exception}")
    return feed
