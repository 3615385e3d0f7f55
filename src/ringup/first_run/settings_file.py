"""Set options of `ringup serve` in the settings file; comments and other lines stay as they are."""

from collections.abc import Mapping

import tomlkit
from tomlkit.exceptions import TOMLKitError

from ringup.errors import Problem, SiteErrors
from ringup.first_run.question import NO, YES, Answers

SECTION = "serve"


def wanted_settings(answers: Answers) -> dict[str, object]:
    """Return the options of `ringup serve` that the answers require."""
    return {
        "interface": answers["interface"],
        "dhcp": answers["dhcp"] != NO,
        "sntp": answers["sntp"] == YES,
    }


def read_settings(text: str, where: str) -> Mapping[str, object]:
    """Return the options of `ringup serve` in a settings file; raises SiteErrors."""
    try:
        section = tomlkit.parse(text).unwrap().get(SECTION, {})
    except TOMLKitError as error:
        raise SiteErrors([Problem(where, f"{error}.", "Correct it there.")]) from error
    return section if isinstance(section, dict) else {}


def with_settings(text: str, wanted: Mapping[str, object]) -> str:
    """Return the file with these options; options that have their default value already are not written."""
    document = tomlkit.parse(text)
    section = document.setdefault(SECTION, tomlkit.table())
    for key, value in wanted.items():
        if section.get(key, _DEFAULTS.get(key)) != value:
            section[key] = value
    return tomlkit.dumps(document)


_DEFAULTS: Mapping[str, object] = {"dhcp": True, "sntp": False}
