"""Find a phone by its MAC, an extension, its label, its name, or the first letters of its label or name."""

from difflib import get_close_matches

from ringup.errors import Problem, SiteErrors
from ringup.site.model import Phone, Site
from ringup.wire.mac import parse as parse_mac

MOST_NAMED = 5
"""Maximum number of phones that the error for an ambiguous name lists."""


def mac_of(site: Site, text: str) -> str:
    """Return the MAC of the phone that `text` means, in upper case without separators.

    A MAC in any spelling is accepted, even if it is not in the site. Any other text is compared first with
    the extensions, then with complete labels and names, then with the first letters of labels and names.
    Raises SiteErrors if no phone matches, or if several do.
    """
    if is_mac(text):
        return parse_mac(text)
    found = named_phones(site, text)
    if len(found) == 1:
        return found[0].mac
    raise SiteErrors([_several(text, found) if found else _nobody(site, text)])


def is_mac(text: str) -> bool:
    """Return whether `text` is a MAC address, in any spelling."""
    try:
        parse_mac(text)
    except ValueError:
        return False
    return True


def named_phones(site: Site, text: str) -> list[Phone]:
    """Return the phones whose extension, label or name matches, by the first comparison that finds any."""
    wanted = text.strip().casefold()
    if not wanted:
        return []
    by_extension = [phone for phone in site.phones if text.strip() in _extensions(phone)]
    by_name = [phone for phone in site.phones if wanted in _names(phone)]
    by_beginning = [phone for phone in site.phones if any(name.startswith(wanted) for name in _names(phone))]
    return by_extension or by_name or by_beginning


def _extensions(phone: Phone) -> list[str]:
    return [line.extension for line in phone.lines]


def _names(phone: Phone) -> list[str]:
    names = (phone.label, *(line.name for line in phone.lines))
    return [name.casefold() for name in names if name]


def _several(text: str, phones: list[Phone]) -> Problem:
    numbers = [f"{phone.mac} ({'/'.join(_extensions(phone)) or 'no line'})" for phone in phones]
    shown = ", ".join(numbers[:MOST_NAMED])
    more = f" and {len(phones) - MOST_NAMED} more" if len(phones) > MOST_NAMED else ""
    return Problem(f"phone {text}", f"may mean {shown}{more}.", "Give the MAC, or more of the name.")


def _nobody(site: Site, text: str) -> Problem:
    known = [name for phone in site.phones for name in (*_extensions(phone), phone.label) if name]
    near = get_close_matches(text, known, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    cure = f"{hint}See `ringup phone list`; a MAC has 12 hexadecimal digits."
    return Problem(f"phone {text}", "is not a MAC, extension, label or name of the site.", cure)
