"""Report ringup's files in Asterisk's folder that were changed by hand, with their diffs."""

from dataclasses import dataclass
from pathlib import Path

from ringup.asterisk.drift import drift
from ringup.asterisk.include_lines import FOLDER
from ringup.asterisk.install import contents
from ringup.asterisk.realtime import drifted_rows
from ringup.change.file_diff import FileDiff, file_diff
from ringup.errors import InstallError, SiteErrors
from ringup.finding import WARNING, Finding, Location
from ringup.render.realtime_rows import columns_text, realtime_rows
from ringup.site.model import Site

CURE = (
    "Make the change in the site (ringup site set pbx.options, ringup phone set), or in a file of your own; "
    "then: ringup pbx install --overwrite"
)


@dataclass(frozen=True, slots=True)
class ByHand:
    """One file that was changed by hand."""

    path: str
    diff: FileDiff
    """The differences from the site's text to the file; secrets are masked."""

    @property
    def name(self) -> str:
        """Return the file's name without its folder."""
        return self.diff.name

    @property
    def counts(self) -> str:
        """Return the numbers of added and removed lines, like ``+1 -2``."""
        return f"+{self.diff.added} -{self.diff.removed}"

    @property
    def finding(self) -> Finding:
        """Return the changed file as a finding."""
        what = f"was changed by hand ({self.counts} lines)."
        return Finding("changed-by-hand", WARNING, Location(self.path), what, CURE)


def changed_by_hand(site: Site) -> tuple[ByHand, ...]:
    """Return the files that were changed by hand; none if this user may not read them.

    `site` is the site as Asterisk should have it.
    """
    return *_files_by_hand(site), *_rows_by_hand(site)


def _files_by_hand(site: Site) -> tuple[ByHand, ...]:
    if not site.pbx.etc:
        return ()
    etc = Path(site.pbx.etc)
    try:
        found = drift(etc)
        texts = contents(site) if found else {}
    except (InstallError, OSError):
        return ()
    return tuple(
        ByHand(
            str(etc / FOLDER / each.name),
            file_diff("asterisk", each.name, texts.get(each.name, ""), each.text),
        )
        for each in found
    )


def _rows_by_hand(site: Site) -> tuple[ByHand, ...]:
    if not site.pbx.realtime:
        return ()
    try:
        found = drifted_rows(site.pbx)
        rows = {(row.table, row.id): row for row in realtime_rows(site)} if found else {}
    except (InstallError, SiteErrors):
        return ()
    return tuple(
        ByHand(name, file_diff("asterisk", name, columns_text(row.columns) if row else "", each.text))
        for each in found
        for name, row in [(f"{each.table} {each.id}", rows.get((each.table, each.id)))]
    )
