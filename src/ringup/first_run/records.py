"""Alter the site's records so that they agree with the answers; other records stay as they are."""

from typing import Any

from ringup.first_run.here import Here
from ringup.first_run.question import YES, Answers
from ringup.site.network_text import network_row, set_network
from ringup.site.rows import Plain

Account = tuple[str, str] | None
"""The user and the secret of a new account on Asterisk's manager interface."""


def follow_answers(
    data: Plain, here: Here, answers: Answers, load: str = "", account: Account = None
) -> None:
    """Alter the plain form of a site; `load` is the load of a new package, empty if there is none."""
    wanted = {
        "time_zone": answers["time_zone"],
        "auto_extensions": answers["auto"],
        "auto_until": answers["auto_until"],
    }
    data["site"] |= wanted | ({"load": load} if load else {})
    if answers["dhcp"] == YES and answers["network"]:
        set_network(data["network"], network_row(answers["network"]))
    data["pbx"] |= _pbx(here, answers, account)
    if answers["phone"]:
        _set_phone(data["phones"], answers)


def _pbx(here: Here, answers: Answers, account: Account) -> dict[str, Any]:
    found = here.asterisk
    is_freepbx = bool(found and found.is_freepbx and answers["etc"] == found.etc) or bool(
        here.site.pbx.freepbx
    )
    folder = {"etc": "", "freepbx": answers["etc"]} if is_freepbx else {"etc": answers["etc"], "freepbx": ""}
    wanted = {
        "address": answers["pbx_address"],
        "port": int(answers["pbx_port"]),
        "driver": answers["driver"],
        "transport": answers["transport"],
        **folder,
    }
    return wanted | ({"manager_user": account[0], "manager_secret": account[1]} if account else {})


def _set_phone(phones: list[dict[str, Any]], answers: Answers) -> None:
    line = {"extension": answers["extension"]} | ({"name": answers["name"]} if answers["name"] else {})
    known = next((each for each in phones if each["mac"] == answers["phone"]), None)
    if known is None:
        phones.append({"mac": answers["phone"], "model": answers["model"], "lines": [line]})
        return
    known["model"] = answers["model"]
    if known.get("lines"):
        known["lines"][0] |= line
    else:
        known["lines"] = [line]
