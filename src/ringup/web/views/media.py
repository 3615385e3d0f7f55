"""Ring tones and the logo: uploaded, heard and seen as the phone will play and show them."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from ringup.errors import Problem, SiteErrors
from ringup.firmware.folder import FirmwareFolder
from ringup.media.wav import wav_of
from ringup.site.model import Ring
from ringup.store.revisions import read_site
from ringup.web.answers import Answer, Download, ListPage, See, WebRefusal
from ringup.web.ask import Ask, Upload
from ringup.web.commands import run_command
from ringup.web.listing import ListColumn, listing

COLUMNS = (
    ListColumn[Ring]("name", "Name", lambda ring: ring.name),
    ListColumn[Ring]("file", "File", lambda ring: ring.file),
)
MOST_NAME = 25
"""Maximum number of characters of a tone's name in the phone's menu."""


def rings(ask: Ask) -> Answer:
    """Show the ring tones and the logo."""
    site = read_site(ask.web.engine)
    rows = listing(site.rings, COLUMNS, "/rings", ask.query)
    return ListPage("rings.html", "Ring tones and logo", rows, {"logo": site.logo})


def sound(ask: Ask) -> Answer:
    """Return a tone as the phone plays it, as a WAV file."""
    name = ask.values["name"]
    ring = next((each for each in read_site(ask.web.engine).rings if each.name == name), None)
    files = ask.web.options.files
    data = FirmwareFolder(files).read(ring.file) if ring and files else None
    if data is None:
        return WebRefusal(404, f"There is no ring tone {name}, or its file is missing.")
    return Download(f"{name}.wav", wav_of(data), "audio/wav", is_shown=True)


def add_ring(ask: Ask) -> Answer:
    """Make a ring tone from a sound file."""
    sent, name = _sent(ask), ask.field("name").strip()[:MOST_NAME]
    return _run(ask, sent, ["ring", "add"], ["--yes", *(["--name", name] if name else [])], "/rings")


def own_rings(ask: Ask) -> Answer:
    """Add the tones that ringup itself generates."""
    return _said(ask, ["ring", "defaults", "--yes"], "/rings")


def remove_ring(ask: Ask) -> Answer:
    """Remove a tone from the list; its file stays."""
    return _said(ask, ["ring", "remove", "--yes", "--", ask.values["name"]], "/rings")


def logo(ask: Ask) -> Answer:
    """Return the logo as phones show it, enlarged."""
    try:
        from ringup.media.picture import on_screen, picture_of, png_of
    except ImportError:
        return WebRefusal(404, "The package pillow is missing.", cure="pip install 'ringup[pictures]'")
    site, files = read_site(ask.web.engine), ask.web.options.files
    if not site.logo or files is None or not (files / site.logo).is_file():
        return WebRefusal(404, "No logo is set, or its file is missing.")
    return Download("logo.png", png_of(on_screen(picture_of(files / site.logo))), "image/png", is_shown=True)


def set_logo(ask: Ask) -> Answer:
    """Make the phones' logo from a picture."""
    return _run(ask, _sent(ask), ["logo", "set"], ["--yes"], "/rings")


def clear_logo(ask: Ask) -> Answer:
    """Remove the logo from the phones; its file stays."""
    return _said(ask, ["logo", "clear", "--yes"], "/rings")


def _sent(ask: Ask) -> Upload:
    sent = ask.uploads.get("file")
    if sent is None or not sent.content:
        raise SiteErrors([Problem("file", "none was chosen.", "Choose a file.")])
    return sent


def _run(ask: Ask, sent: Upload, before: Sequence[str], after: Sequence[str], then: str) -> Answer:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / f"upload-{sent.name.lstrip('-.') or 'file'}"
        place.write_bytes(sent.content)
        return _said(ask, [*before, str(place), *after], then)


def _said(ask: Ask, words: Sequence[str], then: str) -> Answer:
    """Run a command; show what it said if it failed."""
    status, output = run_command(ask, words, ask.person.name if ask.person else "")
    if status:
        raise SiteErrors([Problem(words[0], line, "") for line in output.splitlines()[:20]])
    ask.web.follower.look_now()
    return See(then, output.splitlines()[-1] if output.strip() else "Done.")
