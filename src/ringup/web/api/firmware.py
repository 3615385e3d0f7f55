"""Firmware: packages, upgrade paths and rollouts."""

import time
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, File, Query, UploadFile

from ringup.change.rollout_facts import plan_facts
from ringup.change.rollout_orders import order
from ringup.errors import Problem, SiteErrors
from ringup.firmware.contents import Package
from ringup.phone.firmware_release import release
from ringup.phone.upgrade_path import find_path
from ringup.rollout.plan import RolloutOptions, plan_rollout
from ringup.rollout.record import GROUP, SITE, Rollout, RolloutState
from ringup.store.revisions import read_site
from ringup.store.rollouts import begin_rollout, latest_rollout
from ringup.web.api.access import ApiRefusal, Operator, Viewer
from ringup.web.api.changing import DryRun
from ringup.web.api.work_forms import PackageRow, PathForm, RolloutBody, RolloutForm, RolloutPhoneRow
from ringup.web.ask import Upload
from ringup.web.packages import add_package, contents_of

router = APIRouter(tags=["firmware"])

_ORDERS = {"pause": RolloutState.PAUSED, "resume": RolloutState.RUNNING, "abort": RolloutState.ABORTED}


@router.get("/firmware", operation_id="list_packages")
def packages(ask: Viewer) -> list[PackageRow]:
    """Return the packages of the firmware folder, with their signers."""
    return [_row(each) for each in contents_of(ask.web.options.firmware).packages]


@router.post("/firmware", operation_id="add_package", status_code=201)
def add(
    ask: Operator, file: Annotated[UploadFile, File(description="The ZIP file from Cisco.")],
    replace_others: Annotated[bool, Query(description="Replace other files of the same names.")] = False,
) -> list[PackageRow]:  # fmt: skip
    """Add a package, if Cisco's signature proves that all its bytes are correct."""
    sent = Upload(file.filename or "package.zip", file.file.read())
    return [_row(each) for each in add_package(ask.web.options.firmware, sent, replace=replace_others)]


@router.get("/firmware/path", operation_id="find_upgrade_path")
def path(
    ask: Viewer, start: Annotated[str, Query(max_length=60)], end: Annotated[str, Query(max_length=60)]
) -> PathForm:
    """Return the upgrade path between two releases, like `sccp 3.2` and `P0S3-8-12-00`."""
    del ask
    found = find_path(release(start), release(end))
    return PathForm(exists=found.exists, hops=[str(hop) for hop in found.hops], reason=found.reason)


@router.get("/rollout", operation_id="read_rollout")
def rollout(ask: Viewer) -> RolloutForm:
    """Return the last rollout."""
    found = latest_rollout(ask.web.engine)
    if found is None:
        raise ApiRefusal(404, "There was no rollout yet.")
    return _form(found)


@router.post("/rollout", operation_id="begin_rollout", status_code=201)
def begin(ask: Operator, body: RolloutBody, dry_run: DryRun = False) -> RolloutForm:
    """Begin a rollout of a load, in waves; `dry_run` returns its plan."""
    site = read_site(ask.web.engine)
    phones = [phone for phone in site.phones if not body.group or phone.group == body.group]
    if not phones:
        raise SiteErrors([Problem("group", "has no phones.", "Choose another group.")])
    options = RolloutOptions(body.at_most, body.canary, body.window, also_static=body.also_static)
    scope = f"{GROUP}{body.group}" if body.group else SITE
    facts = plan_facts(ask.web.engine, ask.web.options.firmware, phones)
    planned = plan_rollout(site, body.load, phones, scope, facts, options)
    if dry_run:
        return _form(planned)
    now, who = time.time(), ask.person.name if ask.person else ""
    return _form(begin_rollout(ask.web.engine, replace(planned, author=who, started=now, since=now)))


@router.post("/rollout/{wanted}", operation_id="order_rollout")
def order_rollout(ask: Operator, wanted: Literal["pause", "resume", "abort"]) -> RolloutForm:
    """Pause, resume or end the rollout."""
    if latest_rollout(ask.web.engine) is None:
        raise ApiRefusal(404, "There was no rollout yet.")
    return _form(order(ask.web.database, _ORDERS[wanted]))


def _row(package: Package) -> PackageRow:
    return PackageRow(
        load=package.load, protocol=package.protocol, version=package.version, models=list(package.models),
        size=package.size, is_usable=package.is_usable,
        signature=str(package.authenticity or "not signed"),
        findings=[str(each.problem) for each in package.reported_findings()],
    )  # fmt: skip


def _form(found: Rollout) -> RolloutForm:
    rows = [
        RolloutPhoneRow(mac=each.mac, wave=each.wave, was=each.was, loads=list(each.loads),
                        step=str(each.step), reason=each.reason)
        for each in found.phones
    ]  # fmt: skip
    return RolloutForm(
        id=found.id, load=found.load, state=str(found.state), reason=found.reason, author=found.author,
        started=found.started, phones=rows,
    )  # fmt: skip
