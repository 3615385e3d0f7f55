"""Check the extensions of FreePBX: the fields to set in its interface, for several extensions at once."""

from collections.abc import Iterator

from ringup.asterisk.freepbx import FreePbx
from ringup.asterisk.freepbx_fields import field_faults
from ringup.rule import Found
from ringup.site.model import Site

MOST_NAMED = 4
"""Maximum number of extensions that are named per fault."""


def freepbx_fields(site: Site, freepbx: FreePbx) -> Iterator[Found]:
    """Yield the fields that these phones need to be different."""
    for each in field_faults(site, freepbx):
        left = len(each.numbers) - MOST_NAMED
        more = f" and {left} more" if left > 0 else ""
        several = "s" if len(each.numbers) > 1 else ""
        named = ", ".join(each.numbers[:MOST_NAMED])
        yield Found(
            f"Extension{several} {named}{more}: {each.what}",
            each.cure,
            (each.command,) if each.command else (),
        )
