"""The JSON forms of the API; the OpenAPI document is made of them."""

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ringup.journey.record import Call

Item = TypeVar("Item")

Mac = Annotated[str, Field(pattern=r"^[0-9A-F]{12}$", examples=["001646C0FFEE"])]


class ApiForm(BaseModel):
    """An object with exactly these keys."""

    model_config = ConfigDict(
        extra="forbid", use_attribute_docstrings=True, json_schema_serialization_defaults_required=True
    )


class ProblemRow(ApiForm):
    """One mistake in what was sent."""

    where: str
    """The record or the field."""
    what: str
    cure: str


class ProblemForm(ApiForm):
    """What is wrong with a request (RFC 9457)."""

    type: str = "about:blank"
    title: str
    """The reason, as one sentence."""
    status: int
    cure: str = ""
    problems: list[ProblemRow] = []
    """Every mistake; empty if `title` says all."""


class PageForm(ApiForm, Generic[Item]):
    """One page of a list."""

    total: int
    """The number of items before the search."""
    matching: int
    """The number of items that match."""
    page: int
    pages: int
    items: list[Item]


class TroubleRow(ApiForm):
    """One trouble that a phone has now."""

    key: str
    text: str
    cure: str


class CauseRow(ApiForm):
    """The surest cause of a phone's trouble."""

    code: str
    confidence: Literal["certain", "likely", "possible"]
    what: str
    cure: str
    commands: list[str]


class PhoneState(ApiForm):
    """One phone and its state."""

    mac: Mac
    known: bool
    """True if the phone is in the site."""
    name: str
    extensions: list[str]
    model: str
    """Four digits; empty while the model is not known."""
    group: str
    address: str
    """Its last IP address; empty if it has none from this server."""
    state: Literal["trouble", "unknown", "coming", "waiting", "in_service"]
    stage: str
    stage_title: str
    since: float
    """The time at which it reached its stage, in Unix seconds."""
    progress: int | None
    """The percentage of the present transfer."""
    load: str
    """The load that it requested last."""
    registered: list[str]
    in_call: list[Call]
    messages_waiting: int
    troubles: list[TroubleRow]
    cause: CauseRow | None
    last: str
    """A sentence about its last event."""
    last_at: float


class FleetState(ApiForm):
    """The number of phones in each state, and what concerns all of them."""

    revision: int
    totals: dict[str, int]
    pbx_lost: str
    """The reason why Asterisk does not answer; empty: it answers."""
    faults: list[str]
    """The faults of the machine and of Asterisk."""


class PlanFile(ApiForm):
    """One rendered file that a change alters; secrets are masked."""

    side: str
    """``phone`` or ``asterisk``."""
    name: str
    kind: str
    """``added``, ``changed`` or ``removed``."""
    added: int
    removed: int
    diff: str


class PlanRow(ApiForm):
    """One record that a change alters."""

    record: str
    change: str


class UnsafeRow(ApiForm):
    """One reason to ask before the change is made."""

    code: str
    number: int
    sentence: str


class PlanForm(ApiForm):
    """The effects of a change."""

    records: list[PlanRow]
    restarts: list[Mac]
    """The phones that must restart to follow the change."""
    refreshes: list[Mac]
    """The phones that only read their dial template again."""
    registrations: list[dict[str, str]]
    """The registered lines that Asterisk will refuse until their phones have the new files."""
    calls: list[dict[str, str]]
    """The calls that are in the way."""
    unsafe: list[UnsafeRow]
    files: list[PlanFile]


class ChangeForm(ApiForm):
    """The result of a change."""

    revision: int | None
    """The new revision; null: nothing was changed (`dry_run`, or no difference)."""
    plan: PlanForm
    done: list[str]
    """What was done outside the records, one sentence a step."""


class LineForm(ApiForm):
    """One SIP account on one line button; secrets are masked when they are read."""

    extension: str = Field(max_length=64)
    name: str = ""
    secret: str | None = None
    """The SIP password. If it is left out or masked, the stored one is kept, or a new one is made."""
    auth_name: str = ""
    short_name: str = ""
    display_name: str = ""
    voicemail: bool = True
    voicemail_pin: str | None = None
    numbers: list[dict[str, str]] = []


class SpeedDialForm(ApiForm):
    """A number on a button without a line."""

    number: str
    name: str = ""
    hint: bool = True


class PhoneBody(ApiForm):
    """The record of a phone as it is sent: what is left out gets its default."""

    model: str = "7960"
    group: str = ""
    label: str = ""
    address: str | None = None
    protocol: Literal["", "sip", "sccp"] = ""
    load: str = ""
    password: str | None = None
    settings: dict[str, str] = {}
    lines: list[LineForm] = []
    speed_dials: list[SpeedDialForm] = []


class PhonePatch(ApiForm):
    """The fields of a phone that change; a field that is left out stays."""

    model: str | None = None
    group: str | None = None
    label: str | None = None
    address: str | None = None
    protocol: Literal["", "sip", "sccp"] | None = None
    load: str | None = None
    password: str | None = None
    settings: dict[str, str] | None = None
    lines: list[LineForm] | None = None
    speed_dials: list[SpeedDialForm] | None = None


class PhoneRecord(PhoneBody):
    """The record of a phone as it is stored, with masked secrets."""

    mac: Mac


class GroupBody(ApiForm):
    """The settings that the phones of a group share."""

    protocol: Literal["", "sip", "sccp"] = ""
    load: str = ""
    services: str = ""
    language: Literal["", "en", "de"] = ""
    settings: dict[str, str] = {}


class GroupRecord(GroupBody):
    """A group as it is stored."""

    name: str


class SiteBody(ApiForm):
    """Records of the site in the form of a site file (`ringup export`)."""

    model_config = ConfigDict(extra="forbid")

    site: dict[str, Any] = {}
    pbx: dict[str, Any] = {}
    network: list[dict[str, Any]] = []
    dial_rules: list[dict[str, Any]] = []
    rings: list[dict[str, Any]] = []
    directory: list[dict[str, Any]] = []


class RevisionRow(ApiForm):
    """One change of the site."""

    id: int
    at: float
    author: str
    summary: str
    records: list[str]
    """The records that it changed."""


class ClaimBody(ApiForm):
    """What an unknown phone becomes."""

    wanted: str = Field(min_length=1, max_length=64, examples=["205"])
    """The name or extension of a record that waits for a phone, or a new extension."""
    name: str = Field("", max_length=64)
    """The caller name of a new record."""


class RestartBody(ApiForm):
    """The phones that are restarted."""

    macs: list[Mac] = Field(min_length=1, max_length=5000)


class JobForm(ApiForm):
    """Work that goes on after the answer."""

    number: int
    title: str
    state: Literal["running", "done", "failed"]
    by: str
    started: float
    ended: float
    """The time at which it ended; 0 while it runs."""
    failed: str
    """The reason why it failed."""
    lines: list[str]


class EventRow(ApiForm):
    """One event."""

    at: float
    mac: str
    name: str
    kind: str
    text: str


class DialRow(ApiForm):
    """What a phone dials after a number was typed."""

    keys: str
    dialled: str
    """What is sent to Asterisk; empty: nothing."""
    rule: str
    """The rule that fired; empty: none."""
    seconds: float
    """Seconds after the last key."""
