"""A database as an earlier version left it: its secrets are plain text, even in pages that are no longer
used.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import JSON, Connection, Engine, bindparam, text

from ringup.site.model import Group, Line, Pbx, Phone, Site
from ringup.site.records import records
from ringup.store import migrations
from ringup.store.connect import connect, url_of
from ringup.store.encryption import cipher_of

SECRET, PASSWORD, PIN, MANAGERS = "line-s3cret", "ph0ne-password", "31415926", "m4nager-secret"
FORMER = "f0rmer-secret"
"""The secret of a line that an earlier revision removed."""

PHONE = Phone(
    mac="001646C0FFEE",
    password=f"a\0{PASSWORD}",
    lines=(Line(extension="201", secret=SECRET, voicemail_pin=PIN),),
)
SETTING = "comm-unity"
SITE = Site(
    name="Office",
    settings={"force:snmp_community": SETTING},
    pbx=Pbx(manager_secret=MANAGERS),
    groups=(Group(name="sales"),),
    phones=(PHONE,),
)
BEFORE = {"phone 001646C0FFEE": {"lines": [{"extension": "201", "secret": FORMER}]}}
SECRETS = (SECRET, PASSWORD, PIN, MANAGERS, FORMER, SETTING)


def make_database(url: str) -> None:
    """Make a database of the third migration that contains `SITE` and one revision."""
    upgrade(url, "0003")
    engine = connect(url_of(url))
    _fill(engine)
    engine.dispose()


def upgrade(url: str, migration: str) -> None:
    """Make an empty database of this migration."""
    engine = connect(url_of(url))
    with engine.begin() as connection:
        command.upgrade(_config(connection), migration)
    engine.dispose()


def downgrade(engine: Engine, migration: str) -> None:
    """Take the database back to this migration."""
    with engine.begin() as connection:
        config = _config(connection)
        config.attributes["cipher"] = cipher_of(connection)
        command.downgrade(config, migration)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(*migrations.__path__)))
    config.attributes["connection"] = connection
    return config


def _fill(engine: Engine) -> None:
    [line] = PHONE.lines
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE site SET record = :record").bindparams(bindparam("record", type_=JSON)),
            {"record": SITE.model_dump(mode="json", exclude={"groups", "phones"})},
        )
        connection.execute(text("INSERT INTO groups VALUES ('sales', '', '{}')"))
        connection.execute(
            text("INSERT INTO phones VALUES (:mac, '7960', '', '', NULL, '', :password, '{}')"),
            {"mac": PHONE.mac, "password": PHONE.password.replace("\0", "\U0010ffff")},
        )
        connection.execute(
            text("INSERT INTO lines VALUES (:mac, 1, '201', '', :secret, '', '', '', TRUE, :pin)"),
            {"mac": PHONE.mac, "secret": line.secret, "pin": line.voicemail_pin},
        )
        connection.execute(
            text("INSERT INTO revisions VALUES (1, 1.0, 'ann', 'a change', :before, :after)").bindparams(
                bindparam("before", type_=JSON), bindparam("after", type_=JSON)
            ),
            {"before": BEFORE, "after": records(SITE)},
        )
    with engine.begin() as connection:  # rows that existed before
        connection.execute(
            text("INSERT INTO lines VALUES ('001646000001', 1, '202', :name, :secret, '', '', '', TRUE, '')"),
            {"name": "x" * 9000, "secret": FORMER},
        )
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM lines WHERE extension = '202'"))
