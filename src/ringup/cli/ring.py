"""`ringup ring`: add, list, remove and hear ring tones."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from ringup.cli import completion
from ringup.cli.approval import Approval, yes_option
from ringup.cli.options import database_option, files_option

SUFFIX = ".raw"
"""The suffix of the tones' files: later models require it (P-RING-4)."""

SOUND = click.Path(exists=True, dir_okay=False, path_type=Path)


def _second(flag: str, name: str, text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(flag, name, type=click.FloatRange(min=0), metavar="SECONDS", help=text)


from_option = _second("--from", "start", "Where the tone begins; without it, at the loudest part.")
to_option = _second("--to", "end", "Where the tone ends, at most 2.01 seconds later.")


@click.group()
def ring() -> None:
    """Add, list, remove and hear ring tones, from which users choose one in the phone's menu.

    \b
    ringup ring add doorbell.mp3 --name Doorbell
    ringup ring preview Doorbell --output doorbell.wav
    """


@ring.command(
    epilog="""\b
Examples:
  ringup ring add doorbell.mp3                      the loudest two seconds
  ringup ring add doorbell.mp3 --name Doorbell --from 3.2 --to 5
  ringup ring add tones/*.wav                       each under its file's name"""
)
@click.argument("sounds", metavar="FILE...", nargs=-1, required=True, type=SOUND)
@click.option("--name", help="The name in the phone's menu, for one file; without it, the file's name.")
@from_option
@to_option
@yes_option
@files_option
@database_option
def add(
    *,
    sounds: tuple[Path, ...],
    name: str | None,
    start: float | None,
    end: float | None,
    yes: bool,
    files: Path,
    database: str,
) -> None:
    """Make ring tones from WAV, MP3, FLAC or OGG files, and add them to the phones' list. Without --from, a
    tone is the loudest two seconds that begin with a rise in loudness. All phones of the site get the
    same list, because they request one file of one name.
    """
    from ringup.errors import Problem, SiteErrors
    from ringup.media.tone import tone_of

    if name is not None and len(sounds) > 1:
        raise click.UsageError("--name names one tone; give one FILE.")
    tones, problems = dict[str, bytes](), list[Problem]()
    for sound in sounds:
        title = name if name is not None else _title(sound)
        try:
            if title in tones:
                cure = "Rename one file, or add them one by one with --name."
                raise SiteErrors([Problem(str(sound), f"is the second file named {title}.", cure)])
            tones[title] = tone_of(sound, start, end)
        except SiteErrors as error:
            problems += error.problems
    if problems:
        raise SiteErrors(problems)
    _add(database, files, tones, Approval(yes))


@ring.command(epilog="Example: ringup ring defaults")
@yes_option
@files_option
@database_option
def defaults(*, yes: bool, files: Path, database: str) -> None:
    """Add the tones that ringup itself generates: a bell, a warble, and others with different rhythms. Tones
    that are already in the list do not change.
    """
    from ringup.change.stored_site import stored_or_new_site
    from ringup.media.own_tones import WAVES, own_tone

    known = {ring.name for ring in stored_or_new_site(database).rings}
    wanted = [name for name in WAVES if name not in known]
    if not wanted:
        click.echo("Nothing to change: the list has these tones already.")
        return
    _add(database, files, {name: own_tone(name) for name in wanted}, Approval(yes))


@ring.command("list", epilog="Example: ringup ring list")
@files_option
@database_option
def list_(*, files: Path, database: str) -> None:
    """List the ring tones, with their lengths and what is wrong with their files."""
    from ringup.change.stored_site import stored_site
    from ringup.cli.printing import print_table
    from ringup.files.ring_files import problems
    from ringup.firmware.folder import FirmwareFolder

    site, folder = stored_site(database), FirmwareFolder(files)
    if not site.rings:
        click.echo(
            "No ring tones yet. Add one: ringup ring add FILE. Or add ringup's own: ringup ring defaults"
        )
        return
    rows = [(ring.name, ring.file, _seconds(folder.read(ring.file))) for ring in site.rings]
    print_table(("name", "file", "seconds"), rows)
    for problem in problems(site, folder):
        click.echo(f"! {problem}")


@ring.command(epilog="Example: ringup ring remove Doorbell")
@click.argument("names", metavar="NAME...", nargs=-1, required=True, shell_complete=completion.rings)
@yes_option
@database_option
def remove(*, names: tuple[str, ...], yes: bool, database: str) -> None:
    """Remove ring tones from the phones' list; their files stay, so that `ringup undo` can restore them."""
    from ringup.change.site import change_site
    from ringup.cli.settings import print_changed
    from ringup.media.ring_list import remove_rings

    summary = f"remove ring tones: {', '.join(names)}"
    changed = change_site(database, lambda data: remove_rings(data, names), summary, Approval(yes))
    print_changed(changed)


@ring.command(
    epilog="""\b
Examples:
  ringup ring preview Doorbell --output doorbell.wav       a tone of the list
  ringup ring preview doorbell.mp3 --from 3 --output a.wav  before it is added"""
)
@click.argument("tone", metavar="NAME|FILE", shell_complete=completion.rings)
@from_option
@to_option
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The WAV file to write.",
)
@files_option
@database_option
def preview(
    *, tone: str, start: float | None, end: float | None, output: Path, files: Path, database: str
) -> None:
    """Write a WAV file that sounds as the phone will play it, from a tone of the list or from a sound
    file."""
    from ringup.errors import InstallError
    from ringup.media.tone import tone_of
    from ringup.media.wav import wav_of

    data = _listed(database, files, tone)
    data = tone_of(Path(tone), start, end) if data is None else data
    try:
        output.write_bytes(wav_of(data))
    except OSError as error:
        cure = "Give another --output."
        raise InstallError(f"writing {output}", f"{error.strerror}.", cure) from error
    click.echo(f"Wrote {output}: {_seconds(data)} seconds, as the phone plays it.")


def _listed(database: str, files: Path, name: str) -> bytes | None:
    """Return the bytes of a tone of the list; None if the name is a sound file's; raises SiteErrors."""
    from ringup.change.stored_site import stored_or_new_site
    from ringup.errors import Problem, SiteErrors
    from ringup.firmware.folder import FirmwareFolder
    from ringup.media.ring_list import no_ring

    rings = {ring.name: ring.file for ring in stored_or_new_site(database).rings}
    if name not in rings:
        if Path(name).is_file():
            return None
        raise SiteErrors([no_ring(name, list(rings))])
    data = FirmwareFolder(files).read(rings[name])
    if data is None:
        cure = "Copy it there, or give the folder: --files DIR."
        raise SiteErrors([Problem(f"ring {name}", f"its file {rings[name]} is not in {files}.", cure)])
    return data


def _title(sound: Path) -> str:
    """Return a name for the menu from a file's name: ``door_bell.mp3`` gives ``door bell``."""
    return " ".join(sound.stem.replace("_", " ").split())


def _seconds(data: bytes | None) -> str:
    from ringup.wire.g711 import SAMPLE_RATE

    return "" if data is None else f"{len(data) / SAMPLE_RATE:.2f}"


def _add(database: str, folder: Path, tones: Mapping[str, bytes], approval: Approval) -> None:
    """Write the files, then commit them as one revision; if that is refused, remove the new files again."""
    from ringup.change.site import change_site
    from ringup.change.stored_site import stored_or_new_site
    from ringup.cli.settings import print_changed
    from ringup.errors import SiteErrors
    from ringup.media.filing import file_under
    from ringup.media.ring_list import add_rings, name_problems

    known = [ring.name for ring in stored_or_new_site(database).rings]
    if problems := name_problems(list(tones), known):
        raise SiteErrors(problems)
    written, new = dict[str, str](), list[Path]()
    try:
        for name, data in tones.items():
            written[name], is_new = file_under(folder, name, SUFFIX, data)
            new += [folder / written[name]] if is_new else []
        summary = f"add ring tones: {', '.join(tones)}"
        changed = change_site(database, lambda plain: add_rings(plain, written), summary, approval)
    except BaseException:
        for place in new:
            place.unlink(missing_ok=True)
        raise
    for name, file in written.items():
        click.echo(f"{name}: {folder / file}, {_seconds(tones[name])} seconds")
    print_changed(changed)
