"""Pbx: the record of the Asterisk at which the lines register."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from ringup.site.fields import (
    DatabasePassword,
    Driver,
    Extension,
    Name,
    Plain,
    Record,
    Secret,
    no_broken_address,
)
from ringup.site.realtime_url import fault_of_realtime
from ringup.site.record_faults import FaultyRecord


class Pbx(Record):
    """The Asterisk at which the lines register, with its files and its manager interface."""

    address: Plain = ""
    """Host name or address at which the phones register; empty: this server's own address."""
    port: Annotated[int, Field(ge=1, le=65535)] = 5060
    """UDP port at which the phones register."""
    driver: Driver = "pjsip"
    """Asterisk's SIP driver."""
    transport: Name = ""
    """pjsip: the name of your own UDP transport in ``pjsip.conf``; empty: ringup writes ``ringup-udp``."""
    bind: Plain = "0.0.0.0"
    """pjsip: the address on which ``ringup-udp`` listens."""
    context: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,79}$")] = "ringup"
    """The context of the lines in the dial plan."""
    messages: Extension = "500"
    """The extension that the Messages button dials."""
    ring_seconds: Annotated[int, Field(ge=1, le=300)] = 20
    """Seconds before voicemail answers."""
    outside_prefix: Annotated[str, Field(pattern=r"^[0-9]{0,4}$")] = "9"
    """Digits before an outside number; empty: every number may be an outside number."""
    outside_dial: Plain = ""
    """Asterisk's dial string for outside numbers, ``${EXTEN:1}`` included; empty: no outside calls."""
    outside_ring: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{0,64}$")] = ""
    """The ring for calls from outside, like ``Bellcore-dr2``. Asterisk sends this text in the Alert-Info
    header; empty: they ring like all other calls.
    """
    parking: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,79}$")] = ""
    """The context for parked calls in the dial plan, like ``parkedcalls``, which the lines may then dial;
    empty: lines cannot park calls.
    """
    options: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,64}$")], Plain] = {}
    """Endpoint (pjsip) or peer (chan_sip) options that replace ringup's, like ``direct_media: "yes"``."""
    etc: Plain = ""
    """Asterisk's configuration folder on this machine, like ``/etc/asterisk``; empty: ringup writes no files
    for Asterisk.
    """
    freepbx: Plain = ""
    """Asterisk's folder if FreePBX generates its files, like ``/etc/asterisk``. ringup reads the extensions
    there, and writes nothing; empty: no FreePBX.
    """
    realtime: Plain = ""
    """pjsip: the PostgreSQL database in which Asterisk reads the accounts (realtime), like
    ``postgresql://asterisk@10.0.0.5/asterisk``; empty: the accounts are in a file.
    """
    realtime_password: DatabasePassword = ""
    """The password for that database; the URL in ``realtime`` must not contain it."""
    manager_host: Plain = "127.0.0.1"
    """Host of Asterisk's manager interface."""
    manager_port: Annotated[int, Field(ge=1, le=65535)] = 5038
    """TCP port of the manager interface."""
    manager_user: Plain = ""
    """The user name for the manager interface; empty: ringup does not connect to it."""
    manager_secret: Secret = ""
    """The password of that user."""

    @field_validator("address")
    @classmethod
    def _is_no_broken_address(cls, named: str) -> str:
        return no_broken_address(named, "the PBX's address")

    @field_validator("realtime")
    @classmethod
    def _is_a_database(cls, url: str) -> str:
        if fault := fault_of_realtime(url):
            raise fault
        return url

    @model_validator(mode="after")
    def _realtime_has_pjsip(self) -> Self:
        if self.realtime and self.driver != "pjsip":
            raise FaultyRecord(
                f"realtime is for pjsip, and driver is {self.driver}.", "Set driver=pjsip, or unset realtime."
            )
        return self

    @model_validator(mode="after")
    def _freepbx_owns_the_extensions(self) -> Self:
        other = "etc" if self.etc else "realtime" if self.realtime else ""
        if self.freepbx and other:
            raise FaultyRecord(
                f"freepbx and {other} are both set: either FreePBX or ringup has the extensions.",
                f"Unset one of them: pbx.freepbx= or pbx.{other}=",
            )
        return self
