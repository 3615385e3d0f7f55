"""Define the tables of the database for the statements that use them; the migrations create the tables.

Secrets are encrypted: the columns `password`, `secret` and `voicemail_pin`, those fields of JSON records, and
settings whose name says that they are secret.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

LATEST_MIGRATION = "0019"
"""The newest file in migrations/versions; a test checks this."""

metadata = MetaData()

_Counter = BigInteger().with_variant(Integer, "sqlite")
"""An integer column; SQLite counts up only in a column of the type INTEGER."""


site = Table(
    "site",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("record", JSON, nullable=False),
)
"""One row with id 1, which always exists; a program that commits locks this row."""

groups = Table(
    "groups",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("load", Text, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("protocol", String(8), nullable=False, server_default=""),
    Column("services", Text, nullable=False, server_default=""),
    Column("language", String(8), nullable=False, server_default=""),
)

phones = Table(
    "phones",
    metadata,
    Column("mac", String(12), primary_key=True),
    Column("model", String(16), nullable=False),
    Column("group", String(64), nullable=False),
    Column("label", Text, nullable=False),
    Column("address", String(15)),
    Column("load", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("protocol", String(8), nullable=False, server_default=""),
    Column("speed_dials", JSON, nullable=False, server_default="[]"),
)

lines = Table(
    "lines",
    metadata,
    Column("mac", String(12), primary_key=True),
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("extension", String(127), nullable=False),
    Column("name", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("auth_name", Text, nullable=False),
    Column("short_name", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("voicemail", Boolean, nullable=False),
    Column("voicemail_pin", Text, nullable=False),
    Column("numbers", JSON, nullable=False, server_default="[]"),
)
"""The lines of the phones; `key` is the number of the line button, 1 is the top one."""

revisions = Table(
    "revisions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Float(53), nullable=False),
    Column("author", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
)
"""The revisions; `before` and `after` hold only the changed records. A record that is missing in one of them
was added or removed.
"""

held_secrets = Table(
    "held_secrets",
    metadata,
    Column("mac", String(12), primary_key=True),
    Column("extension", String(127), primary_key=True),
    Column("secret", Text, nullable=False),
    Column("auth_name", Text, nullable=False),
    Column("after", BigInteger, nullable=False),
)
"""The login that Asterisk keeps for a line until its phone has fetched its file with the new login.

`after` is the id of the last event before the new login was offered.
"""

rollouts = Table(
    "rollouts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("record", JSON, nullable=False),
)
"""Each change of the firmware of many phones. `version` grows with each change of the record."""

rollout_phones = Table(
    "rollout_phones",
    metadata,
    Column("rollout", Integer, primary_key=True, autoincrement=False),
    Column("mac", String(12), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("record", JSON, nullable=False),
)
"""The phones of each rollout and the progress of each; `place` is a phone's place in the rollout's order."""

encryption = Table(
    "encryption",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("proof", Text, nullable=False),
    Column("plain_text_left", Boolean, nullable=False),
)
"""One row with id 1. The secrets of all tables are encrypted, and `proof` identifies their key.

`plain_text_left` is true while pages that an earlier version wrote may still hold secrets that no table has.
"""

leases = Table(
    "leases",
    metadata,
    Column("address", String(15), primary_key=True),
    Column("mac", String(12), nullable=False),
    Column("expires", Float(53), nullable=False),
    Column("state", String(16), nullable=False),
    Column("client_id", Text, nullable=False),
    Column("host_name", Text, nullable=False),
)

pins = Table(
    "pins",
    metadata,
    Column("mac", String(12), primary_key=True),
    Column("address", String(15), nullable=False, unique=True),
    Column("at", Float(53), nullable=False),
    Column("by", String(16), nullable=False),
)
"""The address that each phone's own files go to, for `serve --owners pin`."""

guests = Table(
    "guests",
    metadata,
    Column("mac", String(12), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("model", String(16), nullable=False),
    Column("code", String(6), nullable=False),
    Column("code_until", Float(53), nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("blocked_until", Float(53), nullable=False),
)
"""The unknown phones that have a guest's account, by its number, with the code on their screens."""

claim_codes = Table(
    "claim_codes",
    metadata,
    Column("code", String(6), primary_key=True),
    Column("mac", String(12), nullable=False, unique=True),
    Column("until", Float(53), nullable=False),
)
"""The codes that guests may dial; each claims the record with this MAC, which waits for its phone."""

events = Table(
    "events",
    metadata,
    Column("id", _Counter, primary_key=True, autoincrement=True),
    Column("at", Float(53), nullable=False),
    Column("mac", String(12), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("fields", JSON, nullable=False),
    sqlite_autoincrement=True,
)
"""The events. Ids are never reused and follow the order of commits, so a reader may remember the last id that
it saw.
"""

journeys = Table(
    "journeys",
    metadata,
    Column("mac", String(12), primary_key=True),
    Column("event", BigInteger, nullable=False),
    Column("stage", String(32), nullable=False),
    Column("model", String(16), nullable=False),
    Column("address", String(15), nullable=False),
    Column("has_trouble", Boolean, nullable=False),
    Column("is_phone", Boolean, nullable=False),
    Column("record", Text, nullable=False),
    Column("since", Float(53), nullable=False),
)
"""Each phone's journey, made of the events up to `followed.event`; `event` is the last event that changed it.

`is_phone`: the device identified itself as a phone, or requested a file. `since`, in Unix seconds: when it
reached its stage; 0 while it is new. The columns beside `record` repeat fields of the record, so that a fleet
can be counted without reading every record.
"""

timeline = Table(
    "timeline",
    metadata,
    Column("mac", String(12), primary_key=True),
    Column("event", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""The ids of each phone's events up to `followed.event`. This table replaces an index, and is written in
quiet moments.
"""

followed = Table(
    "followed",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("event", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("pbx_lost", Text, nullable=False),
    Column("faults", JSON, nullable=False, server_default="[]"),
)
"""One row with id 1, which always exists: the last event in the journeys, and the version of the rules.

`pbx_lost` and `faults` are the state of the server after that event; `faults` is a list of events.
"""

books = Table(
    "books",
    metadata,
    Column("name", Text, primary_key=True),
    Column("record", JSON, nullable=False),
    Column("entries", JSON, nullable=False),
)
"""The names of each address book's last successful read; `record` is the book's state without the names, so
that most checks of a book write only a short value.
"""

nodes = Table(
    "nodes",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("address", String(15), nullable=False),
    Column("serves_files", Boolean, nullable=False),
    Column("run", String(32), nullable=False),
    Column("seen", Float(53), nullable=False),
)
"""The servers that share this database, with their addresses and the times of their last beats. `run` differs
at each start, to distinguish two servers with one name. `seen` is a time of the database's clock.
"""

active_nodes = Table(
    "active_nodes",
    metadata,
    Column("service", String(64), primary_key=True),
    Column("node", String(64), nullable=False),
    Column("run", String(32), nullable=False),
    Column("turn", BigInteger, nullable=False),
    Column("until", Float(53), nullable=False),
)
"""The node that is active for a service, such as DHCP on one network, until a time of the database's clock.
`turn` grows with each change of node, so that a node can detect that it lost the service and got it again.
"""

accounts = Table(
    "accounts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("password", Text, nullable=False),
    Column("totp", Text, nullable=False),
    Column("totp_step", BigInteger, nullable=False),
    Column("made", Float, nullable=False),
)
"""The accounts of the web page; `password` is a scrypt hash, `totp` is encrypted."""

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("account", String(64), nullable=False),
    Column("made", Float, nullable=False),
    Column("used", Float, nullable=False),
    Column("address", String(64), nullable=False),
)
"""The sessions of browsers; `id` is the SHA-256 of the cookie."""

tokens = Table(
    "tokens",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("by", String(64), nullable=False),
    Column("made", Float, nullable=False),
    Column("ends", Float, nullable=False),
    Column("used", Float, nullable=False),
)
"""The tokens of the API; `hash` is the SHA-256 of the token."""

audit = Table(
    "audit",
    metadata,
    Column("id", _Counter, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("who", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("action", String(200), nullable=False),
    Column("status", Integer, nullable=False),
)
"""The requests that changed something, and the logins."""

first_link = Table(
    "first_link",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("ends", Float, nullable=False),
)
"""At most one row with id 1: the link that makes the first account."""

hooks = Table(
    "hooks",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("url", Text, nullable=False),
    Column("kinds", JSON, nullable=False),
    Column("secret", Text, nullable=False),
    Column("by", String(64), nullable=False),
    Column("made", Float, nullable=False),
)
"""The receivers of webhooks; `secret` is encrypted."""
