"""The JSON forms of webhooks, firmware, rollouts and the directory."""

from typing import Literal

from pydantic import Field

from ringup.web.api.forms import ApiForm, Mac


class HookBody(ApiForm):
    """One receiver of webhooks."""

    url: str = Field(
        min_length=8, max_length=500, pattern=r"^https?://", examples=["https://example.com/hook"]
    )
    kinds: list[Literal["registered", "lost", "unknown", "finding"]] = Field(min_length=1)
    """What is sent."""


class HookRow(HookBody):
    """One receiver of webhooks as it is stored."""

    name: str
    failed: str
    """The reason why the last message was not delivered; empty: it was."""


class HookMade(ApiForm):
    """A receiver that was made."""

    name: str
    secret: str
    """The key that signs its messages: ``X-Ringup-Signature`` has the HMAC-SHA-256 of the body."""


class PackageRow(ApiForm):
    """One firmware package."""

    load: str
    protocol: str
    version: str
    models: list[str]
    size: int
    """Bytes of all its files."""
    is_usable: bool
    """Whether phones may get it."""
    signature: str
    """Who signed it, and when; or that nobody did."""
    findings: list[str]


class PathForm(ApiForm):
    """The upgrade path between two releases."""

    exists: bool
    hops: list[str]
    reason: str
    """The reason why there is no path."""


class RolloutBody(ApiForm):
    """A rollout to begin."""

    load: str = Field(min_length=1, max_length=40, examples=["P0S3-8-12-00"])
    group: str = Field("", max_length=64)
    """The phones of this group; empty: all phones."""
    canary: int = Field(1, ge=1, le=10_000)
    """Number of phones in the first wave."""
    at_most: int = Field(10, ge=1, le=10_000)
    """Maximum number of phones in a wave."""
    window: str = Field("", max_length=11, examples=["22:00-05:00"])
    """The hours in which phones may restart, in the site's time zone; empty: all."""
    also_static: bool = False
    """Whether phones with a static address take part."""


class RolloutPhoneRow(ApiForm):
    """One phone of a rollout."""

    mac: Mac
    wave: int
    """The number of its wave; 0: it does not take part."""
    was: str
    loads: list[str]
    step: str
    reason: str


class RolloutForm(ApiForm):
    """A rollout with its phones."""

    id: int
    """Its number; 0: it is only a plan."""
    load: str
    state: str
    reason: str
    author: str
    started: float
    phones: list[RolloutPhoneRow]


class DirectoryRow(ApiForm):
    """One entry of the phones' directory."""

    name: str
    number: str
    """The number that the phone dials."""
