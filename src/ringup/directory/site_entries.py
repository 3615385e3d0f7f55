"""The directory entries of the site's own lines."""

from collections.abc import Iterator

from ringup.directory.entry import Entry
from ringup.site.model import Site
from ringup.site.stand_in import is_stand_in


def entries_of(site: Site) -> Iterator[Entry]:
    """Yield an entry for each line; its name is the caller ID name, or else the label of its phone."""
    for phone, line in site.lines():
        if not is_stand_in(line.extension):
            yield Entry(line.name or line.display_name or phone.label, line.extension)
