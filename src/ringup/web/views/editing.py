"""Forms to add and change phones, groups and the site."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from ringup.change.lookup import plain_phone
from ringup.errors import SiteErrors
from ringup.phone.models import MODELS
from ringup.phone.parameters import PARAMETERS
from ringup.site.mask import masked
from ringup.site.model import Group, Line, Pbx, Phone, Site
from ringup.site.phone_record import SpeedDial
from ringup.site.rows import Path, Plain
from ringup.site.write import to_plain
from ringup.store.revisions import read_site, read_site_and_revision
from ringup.web.answers import Answer, ListPage, WebPage, WebRefusal
from ringup.web.ask import Ask
from ringup.web.changing import propose
from ringup.web.forms.faults import faults_of
from ringup.web.forms.fields import FormField, fields_of
from ringup.web.forms.merging import Alter, FormChange
from ringup.web.forms.sent import lines_of, put_fields, put_settings, speed_dials_of
from ringup.web.listing import ListColumn, listing
from ringup.wire.mac import parse as parse_mac

PHONE_PARTS = ("mac",)
SITE_PARTS = ("sync", "rings", "logo")
"""Fields that have pages of their own, or that ringup sets itself."""
BLANK_SETTINGS = 3
"""Number of empty rows for further settings."""


class SettingRow(NamedTuple):
    """One `.cnf` parameter in a form."""

    key: str
    value: str
    help: str


class InheritedRow(NamedTuple):
    """One `.cnf` parameter that a phone has from its group or the site."""

    key: str
    value: str
    source: str
    """``group lobby`` or ``site``."""


class GroupRow(NamedTuple):
    """One group in the list of groups."""

    name: str
    phones: int
    load: str
    protocol: str
    settings: int


GROUP_COLUMNS = (
    ListColumn[GroupRow]("name", "Name", lambda group: group.name),
    ListColumn[GroupRow]("phones", "Phones", lambda group: group.phones),
    ListColumn[GroupRow]("protocol", "Protocol", lambda group: group.protocol, is_filter=True),
    ListColumn[GroupRow]("load", "Load", lambda group: group.load, is_filter=True),
    ListColumn[GroupRow]("settings", "Settings", lambda group: group.settings),
)


def phone_form(ask: Ask) -> Answer:
    """Show the form of a phone's record."""
    site, revision = read_site_and_revision(ask.web.engine)
    try:
        plain = plain_phone(to_plain(site, secrets=True), ask.values["mac"])
    except (SiteErrors, KeyError):
        return WebRefusal(404, f"Phone {ask.values['mac']} is not in the site.")
    return _phone_page(site, revision, plain)


def save_phone(ask: Ask) -> Answer:
    """Plan and save a phone's record."""
    mac = ask.values["mac"]

    def alter(data: Plain) -> None:
        _put_phone(ask, plain_phone(data, mac))

    def again(site: Site, revision: int, data: Plain) -> FormAgain:
        plain = plain_phone(data, mac)
        return FormAgain(_phone_page(site, revision, plain), ("phones", data["phones"].index(plain)))

    return _saved(ask, alter, f"change phone {mac}", f"/phones/{mac}", again)


def new_phone_form(ask: Ask) -> Answer:
    """Show the form that adds a phone."""
    plain: Plain = {"mac": ask.parameter("mac"), "lines": []}
    return _phone_page(*read_site_and_revision(ask.web.engine), plain, is_new=True)


def add_phone(ask: Ask) -> Answer:
    """Plan and add a phone."""
    try:
        mac = parse_mac(ask.field("mac"))
    except ValueError:
        mac = ask.field("mac").strip()
    plain: Plain = {"mac": mac, "model": "7960", "lines": []}
    _put_phone(ask, plain)

    def alter(data: Plain) -> None:
        data["phones"].append(plain)

    def again(site: Site, revision: int, data: Plain) -> FormAgain:
        page = _phone_page(site, revision, plain, is_new=True)
        return FormAgain(page, ("phones", len(data["phones"]) - 1))

    return _saved(ask, alter, f"add phone {mac}", f"/phones/{mac}", again)


def _put_phone(ask: Ask, plain: Plain) -> None:
    put_fields(ask, Phone, plain, without=PHONE_PARTS)
    put_settings(ask, plain)
    if any(key.startswith("lines.") for key, _ in ask.form):
        plain["lines"] = lines_of(ask, Line, plain.get("lines", []))
    if ask.field("speed_dials.shown"):
        dials = speed_dials_of(ask, SpeedDial)
        if dials or "speed_dials" in plain:
            plain["speed_dials"] = dials


def _phone_page(site: Site, revision: int, plain: Plain, *, is_new: bool = False) -> WebPage:
    group = site.group(str(plain.get("group", "")))
    source = f"group {group.name}" if group and group.load else "site"
    load = group.load if group and group.load else site.load
    protocol = group.protocol if group and group.protocol else site.protocol
    inherited = {"load": f"{load} ({source})", "protocol": f"{protocol} (inherited)"}
    fields = list(fields_of(Phone, plain, without=PHONE_PARTS, inherited=inherited))
    model = MODELS.get(str(plain.get("model", "7960")))
    lines = plain.get("lines", [])
    total = max(len(lines) + 1, 1) if model is None else max(model.lines, len(lines))
    shown = {
        "fields": fields, "mac": plain["mac"], "is_new": is_new,
        "lines": [_line_fields(lines[n] if n < len(lines) else None, n) for n in range(total)],
        "speed_dials": list(_speed_dials(plain, total, str(plain.get("protocol") or protocol))),
        "settings": _setting_rows(plain.get("settings", {})), "parameters": PARAMETERS,
        "inherited": _inherited(site, group, plain), "based": revision, "faults": {},
    }  # fmt: skip
    title = "Add a phone" if is_new else f"Edit phone {plain['mac']}"
    return WebPage("phone_form.html", title, {"record": masked(plain)}, shown)


class LineFields(NamedTuple):
    """One line of the form."""

    number: int
    was: str
    """Its extension before the change; empty: it is new."""
    fields: list[FormField]


def _line_fields(line: Plain | None, number: int) -> LineFields:
    values = line if line is not None else {}
    fields = list(fields_of(Line, values, prefix=f"lines.{number}."))
    return LineFields(number, str(values.get("extension", "")), fields)


def _speed_dials(plain: Plain, total: int, protocol: str) -> Iterator[list[FormField]]:
    """Yield the fields of each speed dial, and of one for each free button of an SCCP phone."""
    dials = plain.get("speed_dials", [])
    free = max(total - len(plain.get("lines", [])) - len(dials), 0) if protocol == "sccp" else 0
    for number, values in enumerate((*dials, *[{}] * free)):
        yield list(fields_of(SpeedDial, values, prefix=f"speed_dials.{number}."))


def _setting_rows(settings: Mapping[str, str]) -> list[SettingRow]:
    rows = [SettingRow(key, value, _help(key)) for key, value in masked(dict(settings)).items()]
    return rows + [SettingRow("", "", "")] * BLANK_SETTINGS


def _help(key: str) -> str:
    return PARAMETERS[key].meaning if key in PARAMETERS else ""


def _inherited(site: Site, group: Group | None, plain: Plain) -> list[InheritedRow]:
    """Return the settings that the phone has from its group or the site."""
    own = plain.get("settings", {})
    found = {key: InheritedRow(key, value, "site") for key, value in masked(dict(site.settings)).items()}
    for key, value in masked(dict(group.settings)).items() if group else ():
        found[key] = InheritedRow(key, value, f"group {group.name}" if group else "")
    return [row for key, row in sorted(found.items()) if key not in own]


def groups(ask: Ask) -> Answer:
    """Show the groups of phones."""
    site = read_site(ask.web.engine)
    rows = [
        GroupRow(each.name, sum(phone.group == each.name for phone in site.phones), each.load, each.protocol,
                 len(each.settings))
        for each in site.groups
    ]  # fmt: skip
    return ListPage("groups.html", "Groups", listing(rows, GROUP_COLUMNS, "/groups", ask.query))


def group_form(ask: Ask) -> Answer:
    """Show the form of a group."""
    site, revision = read_site_and_revision(ask.web.engine)
    plain = _plain_group(to_plain(site, secrets=True), ask.values["name"])
    if plain is None:
        return WebRefusal(404, f"Group {ask.values['name']} is not in the site.")
    return _group_page(revision, plain)


def save_group(ask: Ask) -> Answer:
    """Plan and save a group, or add it."""
    name = ask.values.get("name") or ask.field("name").strip()

    def alter(data: Plain) -> None:
        plain = _plain_group(data, name)
        if plain is None:
            plain = {"name": name}
            data["groups"].append(plain)
        put_fields(ask, Group, plain, without=("name",))
        put_settings(ask, plain)

    def again(_site: Site, revision: int, data: Plain) -> FormAgain:
        plain = _plain_group(data, name) or {"name": name}
        index = next((at for at, each in enumerate(data["groups"]) if each is plain), 0)
        return FormAgain(_group_page(revision, plain), ("groups", index))

    return _saved(ask, alter, f"change group {name}", "/groups", again)


def remove_group(ask: Ask) -> Answer:
    """Plan and remove a group."""
    name = ask.values["name"]

    def alter(data: Plain) -> None:
        data["groups"] = [each for each in data["groups"] if each["name"] != name]

    return propose(ask, alter, f"remove group {name}", then="/groups", title=f"Remove group {name}")


def _plain_group(data: Plain, name: str) -> Plain | None:
    return next((each for each in data.get("groups", []) if each["name"] == name), None)


def _group_page(revision: int, plain: Plain) -> WebPage:
    shown = {
        "fields": list(fields_of(Group, plain, without=("name",))), "name": plain["name"],
        "settings": _setting_rows(plain.get("settings", {})), "parameters": PARAMETERS,
        "based": revision, "faults": {},
    }  # fmt: skip
    return WebPage("group_form.html", f"Group {plain['name']}", {"record": masked(plain)}, shown)


def site_form(ask: Ask) -> Answer:
    """Show the form of the site's own records."""
    site, revision = read_site_and_revision(ask.web.engine)
    return _site_page(revision, to_plain(site, secrets=True))


def save_site(ask: Ask) -> Answer:
    """Plan and save the site's own records."""

    def again(_site: Site, revision: int, data: Plain) -> FormAgain:
        return FormAgain(_site_page(revision, data), ())

    return _saved(ask, lambda data: _put_site(ask, data), "change the site", "/site", again)


def _put_site(ask: Ask, data: Plain) -> None:
    put_fields(ask, Site, data["site"], prefix="site.", without=SITE_PARTS)
    put_settings(ask, data["site"])
    put_fields(ask, Pbx, data["pbx"], prefix="pbx.")


def _site_page(revision: int, data: Plain) -> WebPage:
    site, pbx = data.get("site", {}), data.get("pbx", {})
    shown = {
        "fields": list(fields_of(Site, site, prefix="site.", without=SITE_PARTS)),
        "pbx": list(fields_of(Pbx, pbx, prefix="pbx.")),
        "settings": _setting_rows(site.get("settings", {})), "parameters": PARAMETERS,
        "based": revision, "faults": {},
    }  # fmt: skip
    return WebPage("site_form.html", "Site", {"site": masked(site), "pbx": masked(pbx)}, shown)


class FormAgain(NamedTuple):
    """A form with the sent values, and the record of the site that they belong to."""

    page: WebPage
    record: Path
    """The record's path, like ``("phones", 3)``; empty for the site's own records."""


def _saved(
    ask: Ask, alter: Alter, summary: str, then: str, again: Callable[[Site, int, Plain], FormAgain]
) -> Answer:
    """Plan or make the change; show the form with the mistakes and the typed values if there are any."""
    change = FormChange(ask, alter)
    try:
        return propose(ask, change, summary, then=then, title="Plan")
    except SiteErrors as error:
        if ask.wants != "html":
            raise
        site, revision = read_site_and_revision(ask.web.engine)
        data = {"site": {}, "pbx": {}, "groups": [], "phones": [], **to_plain(site, secrets=True)}
        change.put(data)
        page, record = again(site, revision, data)
        shown = {**page.shown, "problems": error.problems, "faults": faults_of(data, site, record)}
        facts = {**page.data, "problems": error.problems}
        return WebPage(page.template, page.title, facts, shown, status=422)
