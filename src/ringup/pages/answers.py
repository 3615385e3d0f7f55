"""Make the HTTP responses with pages; each states its type, charset and length, as embedded clients need.

Source: P-XML-5, P-XML-6, P-XML-7, P-XML-32 to P-XML-34.
"""

from dataclasses import dataclass

from starlette.responses import Response

from ringup.pages.objects.labels import label
from ringup.pages.objects.values import Page, Text
from ringup.pages.objects.xml import LATIN, xml


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A page that the phone fetches again after a time, or whose Update key leads to another page."""

    page: Page
    seconds: int = 0
    """Seconds after which the phone fetches the page by itself; 0 if it does so only when the user presses
    Update.
    """
    url: str = ""
    """The URL that the phone then fetches; empty for the same page."""


Shown = Page | Refreshed
"""The result of a service: a page."""


def answer(shown: Shown, charset: str = LATIN, *, head: bool = False) -> Response:
    """Return the response with this page; with `head`, the response to a HEAD request, which has no body."""
    page = shown.page if isinstance(shown, Refreshed) else shown
    body = xml(page, charset)
    headers = {
        "content-type": f"text/xml; charset={charset}",
        "content-length": str(len(body)),
        "cache-control": "no-store",
        "connection": "close",
    }
    if isinstance(shown, Refreshed):
        seconds = [str(shown.seconds)] if shown.seconds or not shown.url else ["0"]
        headers["refresh"] = "; ".join([*seconds, *([f"url={shown.url}"] if shown.url else [])])
    return Response(b"" if head else body, 200, headers)


def sentence(title: str, text: str) -> Text:
    """Return a page with one sentence for the user.

    It reports a fault, because a phone would show an HTTP status as a mere number.
    """
    return Text(text, label(title, 32))
