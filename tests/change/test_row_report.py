"""The effect of the rows of a table on the phones' files and on Asterisk."""

from ringup.change.plan import plan
from ringup.change.row_report import RowReport, row_reports
from ringup.site.model import Line, Phone, Site

PLACES = {"001646000001": ("p.csv:2", "p.csv:3"), "001646000002": ("p.csv:4",), "001646000003": ("p.csv:5",)}


def phone(number: int, *lines: Line) -> Phone:
    return Phone(mac=f"00164600000{number}", password="menu", lines=lines)


def line(extension: str, secret: str = "s3cret", name: str = "", pin: str = "") -> Line:
    return Line(extension=extension, secret=secret, name=name, voicemail_pin=pin)


def reports(before: Site, after: Site) -> list[RowReport]:
    return list(row_reports(plan(before, after), before, after, PLACES))


def test_every_row_shows_both_sides_and_no_secret() -> None:
    before = Site(phones=(phone(1, line("201"), line("202")), phone(2, line("203"))))
    after = Site(
        phones=(
            phone(1, line("201", "other-pw", "Ann", "4711"), line("205")),
            phone(2, line("203")),
            phone(3, line("204").model_copy(update={"voicemail": False})),
        )
    )
    changed, same, added = reports(before, after)
    assert changed.kind == "changed"
    assert changed.asterisk == (
        "201 password and caller name and voicemail PIN changed",
        "205 endpoint and mailbox added",
        "202 removed from this phone",
    )
    assert changed.restarts
    assert str(changed).startswith("p.csv:2: ~ 001646000001 | phone: SIP001646000001.cnf changed (+")
    assert str(same) == "p.csv:4: = 001646000002 unchanged"
    assert str(added) == (
        "p.csv:5: + 001646000003 | phone: SIP001646000003.cnf added"
        f" (+{added.phone[0].partition('+')[2].partition(' ')[0]} -0) | PBX: 204 endpoint added"
    )
    assert not any(secret in str(report) for report in (changed, added) for secret in ("other-pw", "4711"))


def test_what_only_the_phone_shows_leaves_asterisk_alone() -> None:
    before = Site(phones=(phone(1, line("201")), phone(2), phone(3)))
    after = Site(phones=(phone(1, line("201")).model_copy(update={"label": "Lobby"}), phone(2), phone(3)))
    report = reports(before, after)[0]
    assert str(report).endswith("restart | PBX: nothing")
