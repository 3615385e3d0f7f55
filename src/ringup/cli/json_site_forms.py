"""The structure of what `--json` prints about phones and the site's records."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from ringup.change.file_diff import FileDiff
from ringup.change.plan import CallInTheWay, Count, DroppedRegistration, GroupCount
from ringup.change.unsafe import Unsafe
from ringup.cli.json_form import ObjectForm, Printed
from ringup.events import KINDS
from ringup.fleet.rows import STATES
from ringup.journey.record import Call, RequestRecord
from ringup.journey.stages import STAGES
from ringup.phone.parameter_rows import Parameter
from ringup.site.difference import Change
from ringup.site.directory_record import Kind
from ringup.site.guests import Guest
from ringup.site.model import DialRule, DirectorySource, Group, Line, Pbx, Phone, Ring, Subnet
from ringup.store.guests import ClaimCode
from ringup.store.pins import Pin


class TroubleRecord(ObjectForm):
    """One trouble that a phone has now."""

    key: str
    """Its kind; ``overdue``: the phone stays in its stage longer than a boot takes."""
    subject: str
    """The extension, the kind of file, or the overdue stage; empty: it concerns the complete phone."""
    what: str
    """The fact."""
    cure: str
    """The command to type, or what to do."""
    text: str
    """Fact and cure, with a semicolon between."""


class FleetPhone(ObjectForm):
    """One phone and its state."""

    mac: str = Field(pattern="^[0-9A-F]{12}$")
    known: bool
    """True if the phone is in the site."""
    name: str
    """Its label, or the name of its first line; empty for an unknown phone."""
    extensions: list[str]
    model: str
    """Four digits; empty while the model is not known."""
    address: str
    """Its last IP address; empty if it has none from this server."""
    state: str = Field(json_schema_extra={"enum": [*STATES]})
    stage: str = Field(json_schema_extra={"enum": [stage.key for stage in STAGES]})
    """The boot stage that it has reached."""
    stage_title: str
    """The stage in words."""
    since: float
    """The time at which the phone reached its stage, in Unix seconds; 0 while the stage is ``new``."""
    boots: int
    firmware_asked: str
    """The load (the name of a firmware) that the phone last requested."""
    registered: list[str]
    """The extensions that are registered."""
    in_call: list[Call]
    messages_waiting: int
    """New messages of all its mailboxes."""
    trouble: str
    """The latest trouble: its fact, a semicolon, its cure; empty when there is none."""
    trouble_key: str
    """Its kind; empty when there is none."""
    cure: str
    """Its cure: the command to type, or what to do."""
    troubles: list[TroubleRecord]
    progress: int | None
    """The percentage of the running transfer, renewed at most every five seconds; null if none is known."""
    last: str
    """The last event in words."""
    last_at: float
    """The time of the last event, in Unix seconds; 0 before the first event."""


class EventRecord(BaseModel):
    """One event; its other keys depend on its kind."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    kind: str = Field(json_schema_extra={"enum": [*sorted(KINDS)]})
    at: float
    """Unix seconds."""
    mac: str
    """The MAC of the phone; empty if the event belongs to no known phone."""


class MachineFaultRecord(ObjectForm):
    """A fault that stands."""

    at: float
    """The time at which the fault was found, in Unix seconds."""
    mac: str
    """Empty: it is about no phone."""
    code: str
    """The check that found it, as in `ringup check --list`."""
    what: str
    cure: str
    """The steps that repair the fault, with the commands to type."""
    node: str
    """The server that found it, if several share the database."""


class Status(Printed):
    """`ringup status --json`"""

    pbx_lost: str
    """The reason why Asterisk does not answer; empty if it answers, or if ringup has no connection to it."""
    faults: list[MachineFaultRecord]
    """The faults of the machine and of Asterisk that `ringup serve` has found and that are not gone."""
    phones: list[FleetPhone]


class PhoneStatus(FleetPhone, Printed):
    """`ringup status PHONE --json`"""

    requests: list[RequestRecord]
    """The files that it requested in this boot."""
    events: list[EventRecord]
    """The last events, oldest first."""


# --- the site ---------------------------------------------------------------------------------------------


class PhoneLine(Line):
    """One line; its passwords are masked."""

    voicemail_pin: str = ""


class SitePhone(Phone):
    """One phone's record, and what it inherits."""

    lines: tuple[PhoneLine, ...]
    wanted_load: str
    inherited_settings: dict[str, str]


class PhoneList(Printed):
    """`ringup phone list --json`"""

    phones: list[SitePhone]


class OnePhone(SitePhone):
    """`ringup phone show PHONE --json`"""

    version: Literal[1]


class CodeList(Printed):
    """`ringup phone code --json`"""

    codes: list[ClaimCode]
    """The codes that guests may dial."""
    guests: list[Guest]
    """The unknown phones that have a guest's account, with the codes on their screens."""


class PinList(Printed):
    """`ringup phone pins --json`"""

    pins: list[Pin]


class AddressBook(ObjectForm):
    """One address book, as it was last read."""

    name: str
    url: str
    kind: str = Field(json_schema_extra={"enum": [*get_args(Kind)]})
    names: int
    """The number of its last good names."""
    read_at: float
    """Time of the last good reading, in Unix seconds; 0: none."""
    fault: str
    """Why the last reading failed; empty: it did not."""
    cure: str
    left_out: str
    """The faults of single rows, cards or entries."""


class AddressBooks(Printed):
    """`ringup directory list --json`"""

    directory: list[AddressBook]


class GroupRecord(Group):
    """One group, and the MACs of its phones."""

    phones: list[str]


class GroupList(Printed):
    """`ringup group list --json`"""

    groups: list[GroupRecord]


class OneGroup(GroupRecord):
    """`ringup group show NAME --json`"""

    version: Literal[1]


class SiteRecord(Printed):
    """`ringup site show --json`"""

    name: str
    time_zone: str
    """IANA name."""
    ntp_server: str
    """Empty: this server's own address."""
    protocol: str
    """``sip`` or ``sccp``: what every phone speaks whose group or record names nothing else."""
    load: str
    """The firmware of every SIP phone whose group or record names no other."""
    sccp_load: str
    """The same of every SCCP phone."""
    other_loads: dict[str, str]
    """The firmware of other models, by the number of `loadInformation`."""
    country: str
    """Two letters; empty: none is set."""
    server_address: str | None
    """The address in options 66 and 150; null: the address of the interface."""
    kea: str
    """The control socket of a running Kea that follows the site; empty: none."""
    auto_extensions: str
    """The range of extensions for unknown phones; empty: they get none."""
    auto_most: int
    auto_until: str
    """The time until which unknown phones get extensions."""
    guests: bool
    """True: unknown phones get an account that can only dial codes."""
    guests_most: int
    guests_secret: str
    """Masked."""
    page_tokens: str
    """The groups whose phones get a token in the URLs of their buttons; ``all``: every phone."""
    page_tokens_secret: str
    """Masked."""
    settings: dict[str, str]
    """Parameters of `.cnf` files for every phone."""
    subnets: list[Subnet]
    dial_rules: list[DialRule]
    rings: list[Ring]
    directory: list[DirectorySource]
    """Address books with further names for the phones' directory."""
    logo: str
    """The file on the phones' screens; empty: none."""
    language: str
    """``en`` or ``de``: the language of ringup's texts on the displays."""
    services: str
    """Names of the entries of the Services button; empty: all."""
    away: dict[str, str]
    """The lines at another phone, by extension: the MAC of their own phone, and the line button."""
    sync: str
    pbx: Pbx


class RevisionRecord(ObjectForm):
    """One change of the site."""

    id: int
    at: float
    """Unix seconds."""
    author: str
    summary: str
    changes: list[Change]
    """Passwords are masked."""


class History(Printed):
    """`ringup history --json`"""

    revisions: list[RevisionRecord]
    """The newest first."""


class PlanForm(ObjectForm):
    """The effects of a change; passwords are masked everywhere."""

    counts: list[Count]
    """One per kind of record that changes."""
    groups: list[GroupCount]
    """The groups of the added and changed phones, the largest first."""
    changes: list[Change]
    """Every changed record with its fields."""
    files: list[FileDiff]
    """Every rendered file that changes; the diff is a unified one."""
    restarts: list[str]
    """MACs of the phones that must restart before the change takes effect."""
    refreshes: list[str]
    """MACs of the phones that only have to read their dial template again."""
    registrations: list[DroppedRegistration]
    """Registered lines that Asterisk will refuse until their phone has the new records."""
    calls: list[CallInTheWay]
    """Current calls of phones that must restart, or that lose their registration."""
    unsafe: list[Unsafe]
    """Reasons for which `ringup apply` asks first, or needs `--yes`."""


class Plan(PlanForm, Printed):
    """`ringup plan FILE --json`"""


class RevisionPlan(PlanForm, Printed):
    """`ringup show REVISION --json`"""

    id: int
    at: float
    """Unix seconds."""
    author: str
    summary: str


class RevisionDiff(PlanForm, Printed):
    """`ringup diff A B --json`"""

    a: int
    """The revision that is compared; 0: the empty site before the first revision."""
    b: int


class Parameters(Printed):
    """`ringup parameters --json`"""

    parameters: list[Parameter]
