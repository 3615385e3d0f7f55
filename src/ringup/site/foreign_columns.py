"""Column names of other systems' files, and the matching names in ringup.

None was tried with a file of a running system: each row says where its names come from. Columns that a row
does not name are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one system's file; names in lower case, ``_`` for all but letters and digits."""

    name: str
    signatures: tuple[frozenset[str], ...]
    """Sets of names, of which one must be there completely."""
    columns: Mapping[str, str]
    """The system's names, with ringup's; a number after an underscore is the line."""
    source: str
    is_guess: bool
    """True if the names were not read in the vendor's own document or source code."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """Names of columns, with the column that each replaces if the file has both."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The system's values of a column, in lower case, with ringup's."""


LAYOUTS = (
    Layout(
        "FreePBX bulk handler",
        (frozenset({"extension", "name", "tech", "dial"}), frozenset({"extension", "name", "devicetype"})),
        {
            "extension": "extension",
            "name": "name",
            "secret": "secret",
            "voicemail": "voicemail",
            "voicemail_enable": "voicemail",
            "voicemail_vmpwd": "voicemail_pin",
        },
        "source code of FreePBX's modules core 16.0.68 and voicemail 16.0.58 (bulkhandlerGetHeaders,"
        " bulkhandlerExport), type extensions; it has no column with a MAC",
        is_guess=False,
        instead={"voicemail_enable": "voicemail"},  # the latter holds the mailbox's context
        words={"voicemail_enable": {"": "no"}},
    ),
    Layout(
        "CUCM BAT",
        (frozenset({"device_name", "directory_number_1"}), frozenset({"mac_address", "directory_number_1"}),
         frozenset({"device_name", "directory_number"}), frozenset({"mac_address", "directory_number"})),
        {
            "device_name": "mac",
            "mac_address": "mac",
            "device_type": "model",
            "description": "label",
            "directory_number": "extension",
            "display": "name",
            "line_text_label": "short_name",
        },
        "Bulk Administration Guide for Cisco Unified Communications Manager, `Text-based CSV files`:"
        " fields of the phone export with all details",
        is_guess=True,
    ),
    Layout(
        "FusionPBX devices",
        (frozenset({"device_mac_address", "user_id"}), frozenset({"device_address", "user_id"}),
         frozenset({"device_mac_address", "line_number"}), frozenset({"device_address", "line_number"})),
        {
            "device_mac_address": "mac",
            "device_address": "mac",
            "device_label": "label",
            "device_model": "model",
            "device_vendor": "vendor",
            "line_number": "line",
            "user_id": "extension",
            "auth_id": "auth_name",
            "password": "secret",
            "display_name": "name",
        },
        "columns of FusionPBX's device import (tables v_devices and v_device_lines)",
        is_guess=True,
    ),
    Layout(
        "Elastix endpoints",
        (frozenset({"vendor", "model", "mac", "ext"}),),
        {"vendor": "vendor", "model": "model", "mac": "mac", "ext": "extension"},
        "columns of Elastix's batch of endpoints",
        is_guess=True,
    ),
)  # fmt: skip
"""The systems that are recognised, the most particular first."""
