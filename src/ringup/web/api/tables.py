"""Imports of tables, resyncs, and the phones' directory."""

from typing import Annotated

from fastapi import APIRouter, File, Query, UploadFile

from ringup.change.site import merge_site, planned_merge
from ringup.errors import SiteErrors
from ringup.site.columns import columns_of
from ringup.web.api.access import ApiRefusal, Operator, Viewer
from ringup.web.api.changing import Allow, DryRun, approving, plan_form
from ringup.web.api.doing import job_form
from ringup.web.api.forms import ChangeForm, JobForm
from ringup.web.api.phones import MacInPath
from ringup.web.api.work_forms import DirectoryRow
from ringup.web.ask import Upload
from ringup.web.changing import author_of
from ringup.web.restarting import start_resync
from ringup.web.views.directory import MOST_FOUND, book_of
from ringup.web.views.importing import WebImport, table_of

router = APIRouter(tags=["tables and directory"])


@router.post("/imports", operation_id="import_phones")
def import_phones(
    ask: Operator, file: Annotated[UploadFile, File(description="CSV or .xlsx with named columns.")],
    dry_run: DryRun = False, allow: Allow = [],  # noqa: B006
) -> ChangeForm:  # fmt: skip
    """Add and change the phones of a table, as one revision; with mistakes, nothing changes."""
    table = table_of(Upload(file.filename or "table", file.file.read()))
    columns, problems = columns_of(table, {})
    if problems:
        raise SiteErrors(problems)
    reading = WebImport(table, columns)
    if dry_run:
        plan = planned_merge(ask.web.database, reading.rows_for).plan
        return ChangeForm(revision=None, plan=plan_form(plan), done=[])
    with author_of(ask):
        made = merge_site(ask.web.database, reading.rows_for, f"import {table.name}", approving(allow))
    ask.web.follower.look_now()
    number = made.revision.id if made.plan else None
    return ChangeForm(revision=number, plan=plan_form(made.plan), done=list(made.done))


@router.post("/phones/{mac}/resync", operation_id="resync_phone", status_code=202)
def resync(ask: Operator, mac: MacInPath) -> JobForm:
    """Let a phone read its dial plan again, without a restart."""
    if ask.web.follower.latest.site.phone(mac) is None:
        raise ApiRefusal(404, f"Phone {mac} is not in the site.")
    return job_form(start_resync(ask, mac))


@router.get("/directory", operation_id="search_directory")
def directory(ask: Viewer, find: Annotated[str, Query(min_length=1, max_length=60)]) -> list[DirectoryRow]:
    """Return the entries of the phones' directory that match letters, or the keys with these letters."""
    found = list(book_of(ask.web).search(find))[:MOST_FOUND]
    return [DirectoryRow(name=each.name, number=each.number) for each in found]
