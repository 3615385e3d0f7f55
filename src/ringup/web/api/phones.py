"""Phones: their state, their records, and what can be done with them."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from ringup.change.lookup import plain_phone
from ringup.change.onboarding import claim as bind
from ringup.change.onboarding import unknown_phone
from ringup.doctor.record import diagnosis_record
from ringup.errors import SiteErrors
from ringup.fleet.record import row_record
from ringup.fleet.rows import FleetRow
from ringup.fleet.unknown import read_unknown
from ringup.site.mask import MASK, masked
from ringup.site.model import Site
from ringup.site.rows import Plain
from ringup.site.write import to_plain
from ringup.store.revisions import read_site
from ringup.web.api.access import ApiRefusal, Operator, Viewer
from ringup.web.api.changing import Allow, DryRun, IfMatch, approving, change, check_match, etag, plan_form
from ringup.web.api.forms import (
    CauseRow,
    ChangeForm,
    ClaimBody,
    FleetState,
    Mac,
    PageForm,
    PhoneBody,
    PhonePatch,
    PhoneRecord,
    PhoneState,
    TroubleRow,
)
from ringup.web.changing import author_of
from ringup.web.diagnosing import diagnosed
from ringup.web.listing import listing
from ringup.web.views.board import COLUMNS, totals

router = APIRouter(tags=["phones"])

MacInPath = Annotated[Mac, Path(description="The MAC, in upper case and without separators.")]
Page = Annotated[int, Query(ge=1, le=10**6)]
Size = Annotated[int, Query(ge=1, le=1000)]
Search = Annotated[str, Query(max_length=200, description="Words that a phone's row contains.")]
Sort = Annotated[str, Query(max_length=40, description="A column of the board; `-` in front turns it round.")]
StateFilter = Annotated[
    str, Query(max_length=40, description="Only phones in this state, like `in trouble`.")
]


@router.get("/fleet", operation_id="read_fleet")
def fleet(ask: Viewer) -> FleetState:
    """Return the number of phones in each state, and the faults that concern all of them."""
    now = ask.web.follower.latest
    faults = [f"{fault.what} {fault.cure}".strip() for fault in now.faults]
    return FleetState(revision=now.revision, totals=dict(totals(now)), pbx_lost=now.pbx_lost, faults=faults)


@router.get("/phones", operation_id="list_phones")
def phones(
    ask: Viewer, search: Search = "", state: StateFilter = "", sort: Sort = "", page: Page = 1,
    size: Size = 100,
) -> PageForm[PhoneState]:  # fmt: skip
    """Return the phones of the site and the unknown phones, a page at a time."""
    query = [("search", search), ("state", state), ("sort", sort), ("page", str(page)), ("size", str(size))]
    found = listing(ask.web.follower.latest.rows, COLUMNS, "/", query)
    return PageForm(
        total=found.total, matching=len(found.matching), page=found.page, pages=found.pages,
        items=[state_of(row) for row in found.rows],
    )  # fmt: skip


@router.get("/phones/{mac}", operation_id="read_phone")
def phone(ask: Viewer, mac: MacInPath) -> PhoneState:
    """Return one phone with its state."""
    row = ask.web.follower.latest.by_mac.get(mac)
    if row is None:
        raise ApiRefusal(404, f"Phone {mac} is not in the site, and has sent nothing.")
    return state_of(row)


@router.get("/phones/{mac}/diagnosis", operation_id="diagnose_phone")
def diagnosis(ask: Viewer, mac: MacInPath) -> dict[str, Any]:
    """Return why a phone does not come up: the form of `ringup why PHONE --json`."""
    if mac not in ask.web.follower.latest.by_mac:
        raise ApiRefusal(404, f"Phone {mac} is not in the site, and has sent nothing.")
    return {"version": 1, **masked(diagnosis_record(diagnosed(ask.web, mac)[1]))}


@router.get("/phones/{mac}/record", operation_id="read_phone_record")
def record(ask: Viewer, mac: MacInPath, response: Response) -> PhoneRecord:
    """Return the record of a phone of the site, with masked secrets, and its ETag."""
    plain = _plain(read_site(ask.web.engine), mac)
    response.headers["ETag"] = etag(plain)
    return PhoneRecord.model_validate(masked(plain))


@router.put("/phones/{mac}/record", operation_id="write_phone_record")
def write(
    ask: Operator, mac: MacInPath, body: PhoneBody, if_match: IfMatch = None, dry_run: DryRun = False,
    allow: Allow = [],  # noqa: B006
) -> ChangeForm:  # fmt: skip
    """Add a phone, or replace its record."""

    def alter(data: Plain) -> None:
        before = next((each for each in data["phones"] if each["mac"] == mac), None)
        if if_match is not None and before is None:
            raise ApiRefusal(412, "There is no such record.")
        check_match(if_match, before)
        after = {"mac": mac, **_sent(body.model_dump(exclude_unset=False), before)}
        data["phones"] = [each for each in data["phones"] if each["mac"] != mac] + [after]

    return change(ask, alter, f"write phone {mac}", dry_run=dry_run, allow=allow)


@router.patch("/phones/{mac}/record", operation_id="change_phone_record")
def patch(
    ask: Operator, mac: MacInPath, body: PhonePatch, if_match: IfMatch = None, dry_run: DryRun = False,
    allow: Allow = [],  # noqa: B006
) -> ChangeForm:  # fmt: skip
    """Change some fields of a phone's record."""

    def alter(data: Plain) -> None:
        before = _known(data, mac)
        check_match(if_match, before)
        sent = _sent(body.model_dump(exclude_unset=True), before)
        before.update(sent)

    return change(ask, alter, f"change phone {mac}", dry_run=dry_run, allow=allow)


@router.delete("/phones/{mac}/record", operation_id="remove_phone_record")
def remove(
    ask: Operator, mac: MacInPath, if_match: IfMatch = None, dry_run: DryRun = False,
    allow: Allow = [],  # noqa: B006
) -> ChangeForm:  # fmt: skip
    """Remove a phone from the site."""

    def alter(data: Plain) -> None:
        check_match(if_match, _known(data, mac))
        data["phones"] = [each for each in data["phones"] if each["mac"] != mac]

    return change(ask, alter, f"remove phone {mac}", dry_run=dry_run, allow=allow)


@router.post("/phones/{mac}/claim", operation_id="claim_phone")
def claim(ask: Operator, mac: MacInPath, body: ClaimBody, allow: Allow = []) -> ChangeForm:  # noqa: B006
    """Bind an unknown phone to a record that waits for it, or to a new one."""
    now = time.time()
    onboard = read_unknown(ask.web.engine, now)
    try:
        found = unknown_phone(onboard, mac, now)
    except SiteErrors as error:
        raise ApiRefusal(404, f"Phone {mac} is no unknown phone.", problems=error.problems) from error
    with author_of(ask):
        made = bind(ask.web.database, found, onboard, body.wanted, body.name, approving(allow), now)
    ask.web.follower.look_now()
    return ChangeForm(revision=made.revision.id, plan=plan_form(made.plan), done=list(made.done))


def state_of(row: FleetRow) -> PhoneState:
    """Return a phone's state as the API shows it."""
    plain = row_record(row)
    cause = row.verdict
    return PhoneState(
        **{key: plain[key] for key in PhoneState.model_fields.keys() & plain.keys() - {"troubles"}},
        group=row.phone.group if row.phone else "",
        load=plain["firmware_asked"],
        troubles=[TroubleRow(key=each.key, text=each.text, cure=each.cure) for each in row.troubles],
        cause=CauseRow(
            code=cause.code, confidence=cause.confidence.value, what=cause.what, cure=cause.cure,
            commands=list(cause.commands),
        ) if cause else None,
    )  # fmt: skip


def _plain(site: Site, mac: str) -> Plain:
    """Return a phone's plain record with its secrets; raises ApiRefusal with status 404."""
    return _known({"phones": to_plain(site, secrets=True).get("phones", [])}, mac)


def _known(data: Plain, mac: str) -> Plain:
    try:
        return plain_phone(data, mac)
    except SiteErrors as error:
        raise ApiRefusal(404, f"Phone {mac} is not in the site.", problems=error.problems) from error


def _sent(fields: dict[str, Any], before: Plain | None) -> dict[str, Any]:
    """Return sent fields as a record: a secret that is left out or masked keeps its stored value."""
    kept = {line["extension"]: line for line in (before or {}).get("lines", [])}
    record = {key: value for key, value in fields.items() if value is not None}
    if record.get("password") == MASK or "password" not in record:
        record.pop("password", None)
        if before and "password" in before:
            record["password"] = before["password"]
    for line in record.get("lines", []):
        for secret in ("secret", "voicemail_pin"):
            if line.get(secret) in (None, MASK):
                line.pop(secret, None)
                if secret in kept.get(line["extension"], {}):
                    line[secret] = kept[line["extension"]][secret]
    if "address" in fields and fields["address"] is None:
        record["address"] = None
    return record
