"""Groups and the site: the records that phones share."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from ringup.site.mask import MASK, masked
from ringup.site.rows import Plain
from ringup.site.write import to_plain
from ringup.store.revisions import read_site
from ringup.web.api.access import ApiRefusal, Operator, Viewer
from ringup.web.api.changing import Allow, DryRun, IfMatch, change, check_match, etag
from ringup.web.api.forms import ChangeForm, GroupBody, GroupRecord, SiteBody

router = APIRouter(tags=["records"])

GroupName = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
PARTS = ("site", "pbx", "network", "dial_rules", "rings", "directory")


@router.get("/groups", operation_id="list_groups")
def groups(ask: Viewer) -> list[GroupRecord]:
    """Return all groups of phones."""
    plain = masked(to_plain(read_site(ask.web.engine), secrets=True).get("groups", []))
    return [GroupRecord.model_validate(each) for each in plain]


@router.get("/groups/{name}", operation_id="read_group")
def group(ask: Viewer, name: GroupName, response: Response) -> GroupRecord:
    """Return one group and its ETag."""
    plain = _known(to_plain(read_site(ask.web.engine), secrets=True), name)
    response.headers["ETag"] = etag(plain)
    return GroupRecord.model_validate(masked(plain))


@router.put("/groups/{name}", operation_id="write_group")
def write_group(
    ask: Operator, name: GroupName, body: GroupBody, if_match: IfMatch = None, dry_run: DryRun = False,
    allow: Allow = [],  # noqa: B006
) -> ChangeForm:  # fmt: skip
    """Add a group, or replace its settings."""

    def alter(data: Plain) -> None:
        before = next((each for each in data["groups"] if each["name"] == name), None)
        if if_match is not None and before is None:
            raise ApiRefusal(412, "There is no such record.")
        check_match(if_match, before)
        after = {"name": name, **body.model_dump()}
        after["settings"] = _with_kept(after["settings"], (before or {}).get("settings", {}))
        data["groups"] = [each for each in data["groups"] if each["name"] != name] + [after]

    return change(ask, alter, f"write group {name}", dry_run=dry_run, allow=allow)


@router.delete("/groups/{name}", operation_id="remove_group")
def remove_group(
    ask: Operator, name: GroupName, if_match: IfMatch = None, dry_run: DryRun = False,
    allow: Allow = [],  # noqa: B006
) -> ChangeForm:  # fmt: skip
    """Remove a group that no phone belongs to."""

    def alter(data: Plain) -> None:
        check_match(if_match, _known(data, name))
        data["groups"] = [each for each in data["groups"] if each["name"] != name]

    return change(ask, alter, f"remove group {name}", dry_run=dry_run, allow=allow)


@router.get("/site", operation_id="read_site")
def site(ask: Viewer, response: Response) -> SiteBody:
    """Return the site's own records in the form of a site file, with masked secrets, and their ETag."""
    plain = to_plain(read_site(ask.web.engine), secrets=True)
    own = {part: plain[part] for part in PARTS if part in plain}
    response.headers["ETag"] = etag(own)
    return SiteBody.model_validate(masked(own))


@router.patch("/site", operation_id="change_site")
def change_site_records(
    ask: Operator, body: SiteBody, if_match: IfMatch = None, dry_run: DryRun = False,
    allow: Allow = [],  # noqa: B006
) -> ChangeForm:  # fmt: skip
    """Change fields of the site and of the PBX; a list that is sent replaces the stored list."""

    def alter(data: Plain) -> None:
        own = to_plain(read_site(ask.web.engine), secrets=True)
        check_match(if_match, {part: own[part] for part in PARTS if part in own})
        for part, value in body.model_dump(exclude_unset=True).items():
            data[part] = _with_kept(value, data.get(part))

    return change(ask, alter, "change the site", dry_run=dry_run, allow=allow)


def _with_kept(sent: Any, before: Any) -> Any:
    """Return sent values, in which masked secrets are the stored ones; an object keeps its other fields."""
    if isinstance(sent, dict):
        stored = before if isinstance(before, dict) else {}
        return {**stored, **{key: _with_kept(value, stored.get(key)) for key, value in sent.items()}}
    if isinstance(sent, list):
        named = {
            each.get("name", each.get("network")): each for each in before or [] if isinstance(each, dict)
        }
        return [_row_with_kept(row, named) for row in sent]
    return before if sent == MASK and before is not None else sent


def _row_with_kept(row: Any, named: dict[Any, Any]) -> Any:
    if not isinstance(row, dict):
        return row
    key = row.get("name", row.get("network"))
    stored = named.get(key, {}) if isinstance(key, str) else {}
    return {field: stored.get(field, value) if value == MASK else value for field, value in row.items()}


def _known(data: Plain, name: str) -> Plain:
    for each in data.get("groups", []):
        if each["name"] == name:
            found: Plain = each
            return found
    raise ApiRefusal(404, f"Group {name} is not in the site.")
