"""`ringup logo`: the picture on the phones' screens."""

from pathlib import Path

import click

from ringup.cli.approval import Approval, yes_option
from ringup.cli.options import database_option, files_option

PICTURE = click.Path(exists=True, dir_okay=False, path_type=Path)

dither_option = click.option(
    "--dither/--no-dither", default=True, help="Imitate greys by patterns of pixels; not for line art."
)


@click.group()
def logo() -> None:
    """Set, clear and preview the picture on the phones' screens.

    \b
    ringup logo set company.png
    ringup logo preview company.png
    """


@logo.command(
    "set",
    epilog="""\b
Examples:
  ringup logo set company.png
  ringup logo set company.png --no-dither
  ringup group set lobby logo_url=         no logo for one group""",
)
@click.argument("picture", metavar="FILE", type=PICTURE)
@dither_option
@yes_option
@files_option
@database_option
def set_(*, picture: Path, dither: bool, yes: bool, files: Path, database: str) -> None:
    """Make the phones' logo from a picture. The logo has 90 x 56 pixels in four greys. Phones fetch it over
    HTTP at every boot, from the URL in logo_url of SIPDefault.cnf. The server needs TCP port 80 for it.
    """
    from ringup.change.site import change_site
    from ringup.change.stored_site import stored_or_new_site
    from ringup.cli.settings import print_changed
    from ringup.errors import Problem, SiteErrors
    from ringup.media.filing import file_under
    from ringup.media.picture import bmp_of, on_screen, picture_of
    from ringup.phone.forced_keys import bare_values
    from ringup.site.rows import Plain

    if "logo_url" in bare_values(stored_or_new_site(database).settings):
        cure = "Remove it first: `ringup site set --unset logo_url`."
        raise SiteErrors([Problem("site", "has a logo_url of its own, which phones get instead.", cure)])
    data = bmp_of(on_screen(picture_of(picture), dither=dither))
    name, is_new = file_under(files, "logo", ".bmp", data)

    def alter(plain: Plain) -> None:
        plain["site"]["logo"] = name

    try:
        changed = change_site(database, alter, f"set the logo: {name}", Approval(yes))
    except BaseException:
        if is_new:
            (files / name).unlink(missing_ok=True)
        raise
    click.echo(f"{files / name}, {len(data):,} bytes")
    print_changed(changed)


@logo.command(epilog="Example: ringup logo clear")
@yes_option
@database_option
def clear(*, yes: bool, database: str) -> None:
    """Remove the logo from the phones; the file stays, so that `ringup undo` can restore it."""
    from ringup.change.site import change_site
    from ringup.cli.settings import print_changed

    print_changed(
        change_site(database, lambda plain: plain["site"].pop("logo", None), "clear the logo", Approval(yes))
    )


@logo.command(
    epilog="""\b
Examples:
  ringup logo preview                             the logo that is set
  ringup logo preview company.png --output logo.png"""
)
@click.argument("picture", metavar="[FILE]", required=False, type=PICTURE)
@dither_option
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a PNG, four times as large as the screen.",
)
@files_option
@database_option
def preview(*, picture: Path | None, dither: bool, output: Path | None, files: Path, database: str) -> None:
    """Print the logo in block characters as phones will show it; a full block is black."""
    from ringup.errors import InstallError
    from ringup.media.picture import on_screen, picture_of, png_of, text_of

    shown = on_screen(picture_of(picture or _stored(database, files)), dither=dither)
    click.echo(text_of(shown))
    if output is None:
        return
    try:
        output.write_bytes(png_of(shown))
    except OSError as error:
        raise InstallError(f"writing {output}", f"{error.strerror}.", "Give another --output.") from error
    click.echo(f"Wrote {output}.")


def _stored(database: str, files: Path) -> Path:
    """Return the file of the logo that is set; raises SiteErrors."""
    from ringup.change.stored_site import stored_or_new_site
    from ringup.errors import Problem, SiteErrors

    site = stored_or_new_site(database)
    if not site.logo:
        raise SiteErrors([Problem("logo", "none is set.", "Set one: `ringup logo set FILE`.")])
    if not (files / site.logo).is_file():
        cure = "Set it again: `ringup logo set FILE`."
        raise SiteErrors([Problem("logo", f"its file {site.logo} is not in {files}.", cure)])
    return files / site.logo
