"""The front of the phone: its display, its buttons, and the pages and the logo that it shows."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from ringup.emulator.display.panel import Panel
from ringup.emulator.display.shown import DisplayState
from ringup.emulator.pages.browser import Browser, Fetch
from ringup.emulator.pages.objects import PageRefusedError
from ringup.emulator.pages.pixels import logo_in
from ringup.emulator.report import Report
from ringup.emulator.speaker import Speaker, wav_of

BUTTONS: Mapping[str, str] = {"directory": "directory_url", "services": "services_url"}
"""The buttons that open a page, with the parameter that holds the page's URL."""
FRONT_COMMANDS = frozenset(
    (*BUTTONS, "select", "submit", "update", "exit", "key", "type", "screenshot", "listen")
)
LISTEN_SECONDS, MOST_SECONDS = 6.0, 60.0
"""Default and maximum length of a recording in seconds; the default is one ring and its pause."""
INSTALL = 'Install what ringup needs for pictures: pip install "ringup[pictures]"'

Run = Callable[..., Awaitable[None]]
"""Carries out a command of the phone, with its arguments."""


class Front:
    """The display, buttons and pages of one emulated phone, as its user sees and presses them."""

    def __init__(
        self,
        settings: Callable[[], Mapping[str, str]],
        fetch: Fetch,
        report: Callable[..., None],
        run: Run,
    ) -> None:
        """`report` is called with the kind of a report and its details."""
        self._settings = settings
        self._fetch = fetch
        self._report = report
        self._run = run
        self._browser = Browser(fetch, report)
        self._panel = Panel(settings, lambda: self._browser.page)
        self.speaker = Speaker()

    @property
    def shown(self) -> DisplayState:
        """Return what the display shows now."""
        return self._panel.shown()

    def take(self, report: Report) -> None:
        """Update the display and the speaker from a report of the phone."""
        self._panel.take(report)
        self.speaker.take(report)

    async def command(self, name: str, *, entry: object = 1, text: object = "", **further: object) -> None:
        """Press a button or a key; raises ValueError if a person could not do so now."""
        match name:
            case "directory" | "services":
                await self._open(BUTTONS[name])
            case "select":
                if number := await self._browser.select(int(str(entry))):
                    await self._run("dial", digits=number)
            case "submit":
                await self._browser.submit(str(text), *_texts(further.get("further")))
            case "update":
                await self._browser.update()
            case "exit":
                self._browser.close()
            case "type":
                self._panel.type(str(text))
            case "key":
                for each, arguments in self._panel.press(str(further.get("key", ""))):
                    await self._run(each, **arguments)
            case "listen":
                self._listen(
                    Path(str(further.get("file", ""))), float(str(further.get("seconds", LISTEN_SECONDS)))
                )
            case _:
                self._screenshot(Path(str(further.get("file", ""))))

    async def show_logo(self) -> None:
        """Fetch the logo, as at every boot (P-LOGO-1); report the reason if the phone gets none."""
        url = self._settings().get("logo_url", "")
        if not url:
            return
        try:
            rows = logo_in((await self._fetch(url)).body)
        except PageRefusedError as refused:
            self._report("logo-refused", shown=refused.shown.value, reason=refused.reason, url=url)
            return
        self._panel.show_logo(rows)
        self._report("logo", width=len(rows[0]), height=len(rows), url=url)

    async def _open(self, setting: str) -> None:
        url = self._settings().get(setting, "")
        if not url:
            raise ValueError(f"{setting} is empty")
        await self._browser.open(url)

    def _listen(self, path: Path, seconds: float) -> None:
        """Write what a person hears now into a WAV file, from the beginning of the sound's period."""
        if not 0 < seconds <= MOST_SECONDS:
            raise ValueError(f"listen takes up to {MOST_SECONDS:.0f} seconds")
        sound, ulaw = self.speaker.heard(seconds, is_off_hook=self._panel.is_off_hook)
        path.write_bytes(wav_of(ulaw))
        self._report("listened", file=str(path), sound=sound.value, seconds=seconds)

    def _screenshot(self, path: Path) -> None:
        """Write the display to a file: a PNG, or text, depending on the file name."""
        if path.suffix == ".txt":
            from ringup.emulator.display.terminal import text_of

            path.write_text(text_of(self.shown) + "\n", encoding="utf-8")
        else:
            try:
                from ringup.emulator.display.drawing import png_of

                path.write_bytes(png_of(self.shown))
            except ImportError as error:
                raise ValueError(f"a picture needs Pillow. {INSTALL}") from error
        self._report("screenshot", file=str(path))


def _texts(values: object) -> list[str]:
    """Return the texts for the other fields of a form."""
    return [str(each) for each in values] if isinstance(values, list) else []
