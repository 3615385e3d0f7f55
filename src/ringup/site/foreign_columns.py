"""Column names in other systems' files, with the matching names in ringup.

They were not tried with files of running systems; each row says where its names come from. Columns that a row
does not contain are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns in one system's file.

    Names are in lower case; ``_`` replaces every character that is not a letter or a digit.
    """

    name: str
    signatures: tuple[frozenset[str], ...]
    """Sets of column names; the file is recognised if it has all names of one set."""
    columns: Mapping[str, str]
    """The system's column names, with ringup's names; a number after an underscore is the line button."""
    source: str
    is_guess: bool
    """True if the names were not read in the vendor's own documents or source code."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """Names of columns, each with the column that it replaces if the file has both."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The system's values in a column, in lower case, with ringup's values."""


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
        instead={"voicemail_enable": "voicemail"},  # the other column contains the mailbox's context
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
"""The systems that are recognised; a system with more specific names stands before others."""
