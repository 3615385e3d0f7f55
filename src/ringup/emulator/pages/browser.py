"""The browser of one phone: a button opens the first page, and selected entries open further pages."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from ringup.emulator.pages.fetch import HttpAnswer
from ringup.emulator.pages.objects import Page, PageRefusedError, read

Fetch = Callable[[str], Awaitable[HttpAnswer]]
Told = Callable[..., None]


class Browser:
    """Shows pages, and returns the numbers that selected entries dial."""

    def __init__(self, fetch: Fetch, report: Told) -> None:
        """`report` is called with the kind of a report and its details."""
        self._fetch = fetch
        self._report = report
        self.page: Page | None = None
        """The page on the screen; None: the screen shows no page."""
        self._update = ""
        self._url = ""

    async def open(self, url: str) -> None:
        """Fetch a page and show it, or the error text if the phone cannot show it."""
        self.page, self._url = None, url
        try:
            answer = await self._fetch(url)
            self.page = page = read(answer.body, answer.content_type)
        except PageRefusedError as refused:
            self._report("page-refused", shown=refused.shown.value, reason=refused.reason, url=url)
            return
        self._update = answer.refresh
        self._report(
            "page", kind_of_page=page.kind, title=page.title, prompt=page.prompt, text=page.text,
            entries=[[each.name, each.number or each.url] for each in page.entries], fields=list(page.fields),
        )  # fmt: skip

    async def select(self, number: int) -> str:
        """Select an entry, from 1; return the number that it dials, or an empty text if it opens a page.

        Raises ValueError if there is no such entry.
        """
        entries = self.page.entries if self.page else ()
        if not 1 <= number <= len(entries):
            raise ValueError(f"the page has {len(entries)} entries")
        entry = entries[number - 1]
        if entry.number:
            self.page = None
            return entry.number
        await self.open(entry.url)
        return ""

    async def submit(self, *texts: str) -> None:
        """Type texts into the fields of a form, in order, and submit it; raises ValueError if the page has no
        form.
        """
        if self.page is None or not self.page.fields:
            raise ValueError("there is no form on the screen")
        join = "&" if "?" in self.page.url else "?"
        query = urlencode(
            dict.fromkeys(self.page.fields, "") | dict(zip(self.page.fields, texts, strict=False))
        )
        await self.open(f"{self.page.url}{join}{query}")

    def close(self) -> None:
        """Press the Exit key."""
        self.page = None

    async def update(self) -> None:
        """Press the Update key; raises ValueError if no page is shown."""
        if self.page is None:
            raise ValueError("there is no page on the screen")
        await self.open(self._update or self._url)
