"""Carry out `ringup phone set` for one phone or several."""

from typing import TYPE_CHECKING, Any, NamedTuple

from ringup.cli.approval import Approval
from ringup.cli.phone_lines import LINE_FIELDS, change_lines, line_changes
from ringup.cli.phone_selection import Selection, change_records, check_shared, print_several

if TYPE_CHECKING:
    from ringup.change.restart_step import Restarting

PHONE_FIELDS = ("model", "group", "label", "address", "protocol", "load", "password")
FIELDS = (*PHONE_FIELDS, *LINE_FIELDS)
"""Keys that are fields of a phone's record, not `.cnf` parameters."""


class PhoneChanges(NamedTuple):
    """The changes of one `phone set`."""

    given: dict[str, Any]
    """New values for fields of the phone and of a line."""
    settings: dict[str, str]
    unset: tuple[str, ...]
    """Keys of settings to remove."""
    line: int
    """The number of the line whose fields change."""
    add_line: str | None
    remove_line: str | None

    def __str__(self) -> str:
        lines = line_changes(self.add_line, self.remove_line)
        return ", ".join([*lines, *self.given, *self.settings, *self.unset])


def change_one(
    database: str, named: str, changes: PhoneChanges, approval: Approval, how: "Restarting | None" = None
) -> None:
    """Change the phone of this name in one revision, and print it."""
    from ringup.change.lookup import plain_phone
    from ringup.change.naming import mac_of
    from ringup.change.site import change_site
    from ringup.change.stored_site import stored_site
    from ringup.cli.settings import change_settings, check_keys, print_changed
    from ringup.site.rows import Plain

    mac = mac_of(stored_site(database), named)
    check_keys(changes.settings, FIELDS, f"phone {mac}")

    def alter(data: Plain) -> None:
        record = plain_phone(data, mac)
        record |= {name: changes.given[name] for name in PHONE_FIELDS if name in changes.given}
        change_settings(record, changes.settings, changes.unset, f"phone {mac}")
        change_lines(record, changes.given, changes.line, changes.add_line, changes.remove_line)

    summary = f"change phone {mac}: {changes}"
    print_changed(change_site(database, alter, summary, approval, restarting=how), how)


def change_several(
    database: str,
    selection: Selection,
    changes: PhoneChanges,
    approval: Approval,
    how: "Restarting | None" = None,
) -> None:
    """Change all selected phones in one revision, and print it."""
    from ringup.change.site import change_site
    from ringup.cli.settings import check_keys
    from ringup.site.rows import Plain

    check_shared(changes.given, changes.add_line, changes.remove_line)
    check_keys(changes.settings, FIELDS, str(selection))

    def alter(data: Plain) -> None:
        records = selection.records(data)
        change_records(records, changes.given, changes.line, changes.settings, changes.unset)

    summary = f"change {selection}: {changes}"
    print_several(change_site(database, alter, summary, approval, restarting=how), how)
