"""Firmware: the packages with their signatures, uploads, and rollouts in waves."""

import time
from dataclasses import replace

from ringup.change.rollout_facts import plan_facts
from ringup.change.rollout_orders import order
from ringup.errors import Problem, SiteErrors
from ringup.finding import ERROR
from ringup.firmware.contents import Package
from ringup.phone.firmware_release import release
from ringup.phone.upgrade_path import find_path
from ringup.rollout.plan import RolloutOptions, plan_back, plan_rollout
from ringup.rollout.record import GROUP, SITE, Rollout, RolloutState
from ringup.site.wanted import required_loads
from ringup.store.revisions import read_site
from ringup.store.rollouts import begin_rollout, latest_rollout
from ringup.web.answers import Answer, ListPage, See, WebPage, WebRefusal
from ringup.web.ask import Ask
from ringup.web.listing import ListColumn, listing
from ringup.web.packages import add_package, contents_of

COLUMNS = (
    ListColumn[Package]("load", "Load", lambda package: package.load),
    ListColumn[Package]("protocol", "Protocol", lambda package: package.protocol, is_filter=True),
    ListColumn[Package]("version", "Version", lambda package: package.version),
    ListColumn[Package]("models", "Models", lambda package: package.models, is_filter=True),
    ListColumn[Package]("bytes", "Bytes", lambda package: package.size),
    ListColumn[Package]("usable", "State", lambda package: "complete" if package.is_usable else "refused"),
    ListColumn[Package]("signature", "Signature",
                        lambda package: str(package.authenticity or "not signed")),
)  # fmt: skip
_ORDERS = {"pause": RolloutState.PAUSED, "resume": RolloutState.RUNNING, "abort": RolloutState.ABORTED}


def packages(ask: Ask) -> Answer:
    """Show the packages in the folder, with what requires them and what is missing."""
    contents = contents_of(ask.web.options.firmware)
    wanted = required_loads(read_site(ask.web.engine))
    loads = {package.load for package in contents.packages}
    missing = [{"load": load, "by": str(by)} for load, by in wanted.items() if load not in loads]
    problems = [finding.problem for finding in contents.all_findings() if finding.severity is ERROR]
    rows = listing(contents.packages, COLUMNS, "/firmware", ask.query)
    last = latest_rollout(ask.web.engine)
    shown = {
        "wanted": {load: str(by) for load, by in wanted.items()}, "rollout": last,
        "groups": [group.name for group in read_site(ask.web.engine).groups],
    }  # fmt: skip
    data = {"missing": missing, "problems": problems}
    return ListPage("firmware.html", "Firmware", rows, data, shown)


def upload(ask: Ask) -> Answer:
    """Add an uploaded package, if Cisco's signature proves that all its bytes are correct."""
    sent = ask.uploads.get("file")
    if sent is None or not sent.content:
        raise SiteErrors([Problem("file", "none was chosen.", "Choose the ZIP file from Cisco.")])
    usable = add_package(ask.web.options.firmware, sent, replace=bool(ask.field("replace")))
    done = " ".join(f"{each.load} was added: {each.authenticity or 'not signed'}." for each in usable)
    return See("/firmware", done)


def ladder(ask: Ask) -> Answer:
    """Show the upgrade path between two releases."""
    start, end = ask.parameter("from"), ask.parameter("to")
    data: dict[str, object] = {"from": start, "to": end, "hops": [], "reason": ""}
    shown: dict[str, object] = {"start": start, "end": end, "path": None, "problem": ""}
    if start and end:
        try:
            found = find_path(release(start), release(end))
        except SiteErrors as error:
            data["reason"] = shown["problem"] = str(error)
        else:
            data |= {"hops": [str(hop) for hop in found.hops], "reason": found.reason}
            shown["path"] = found
    return WebPage("firmware_path.html", "Upgrade path", data, shown)


def rollout(ask: Ask) -> Answer:
    """Show the last rollout, phone by phone."""
    last = latest_rollout(ask.web.engine)
    return WebPage("rollout.html", "Rollout", {"rollout": last}, _rollout_values(ask, last))


def start(ask: Ask) -> Answer:
    """Plan a rollout; begin it once its plan was shown."""
    site = read_site(ask.web.engine)
    load, group = ask.field("load"), ask.field("group")
    phones = [phone for phone in site.phones if not group or phone.group == group]
    if not phones:
        raise SiteErrors([Problem("phones", "there is none.", "Choose another group.")])
    options = RolloutOptions(
        at_most=_number(ask, "at_most", 10), canary=_number(ask, "canary", 1), window=ask.field("window"),
        also_static=bool(ask.field("also_static")),
    )  # fmt: skip
    scope = f"{GROUP}{group}" if group else SITE
    facts = plan_facts(ask.web.engine, ask.web.options.firmware, phones)
    planned = plan_rollout(site, load, phones, scope, facts, options)
    return _begun(ask, planned)


def back(ask: Ask) -> Answer:
    """Plan a rollout of the earlier loads; begin it once its plan was shown."""
    site, last = read_site(ask.web.engine), latest_rollout(ask.web.engine)
    if last is None or last.is_open:
        return WebRefusal(409, "There is no finished rollout.", cure="End the present one first.")
    macs = {each.mac for each in last.phones}
    phones = [phone for phone in site.phones if phone.mac in macs]
    return _begun(
        ask,
        plan_back(site, last, plan_facts(ask.web.engine, ask.web.options.firmware, phones), RolloutOptions()),
    )


def order_rollout(ask: Ask) -> Answer:
    """Pause, resume or end the rollout."""
    state = _ORDERS.get(ask.field("order"))
    if state is None:
        return WebRefusal(422, "There is no such order.")
    order(ask.web.database, state)
    return See("/rollout")


def _begun(ask: Ask, planned: Rollout) -> Answer:
    if ask.field("approved") != "yes":
        shown = {**_rollout_values(ask, planned), "hidden": list(ask.hidden("approved")), "is_plan": True}
        return WebPage("rollout.html", f"Rollout of {planned.load}", {"rollout": planned}, shown)
    now, who = time.time(), ask.person.name if ask.person else "web"
    begin_rollout(ask.web.engine, replace(planned, author=who, started=now, since=now))
    return See("/rollout", "The rollout begins as soon as `ringup serve` runs.")


def _rollout_values(ask: Ask, found: Rollout | None) -> dict[str, object]:
    names = {row.mac: row.name for row in ask.web.follower.latest.rows}
    return {"rollout": found, "names": names, "hidden": [], "is_plan": False}


def _number(ask: Ask, name: str, default: int) -> int:
    text = ask.field(name)
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else default
