"""The accounts in Asterisk's realtime tables are written in one transaction, and only ringup's own rows
change.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ringup.asterisk.realtime import clear_rows, drifted_rows, rows_to_write, write_rows
from ringup.errors import InstallError
from ringup.site.model import Line, Pbx, Phone, Site
from tests.store.postgresql_server import PostgresqlServer, postgresql

__all__ = ["postgresql"]


def site_of(url: str, *lines: Line, **pbx: object) -> Site:
    at = Pbx(realtime=url, **pbx)  # type: ignore[arg-type]
    return Site(pbx=at, phones=(Phone(mac="001646C0FFEE", lines=lines),))


LARRY = Line(extension="201", name="Larry", secret="s;3^cret")
ADA = Line(extension="202", name="Ada", secret="other")


@pytest.fixture
def url(postgresql: PostgresqlServer) -> str:
    return postgresql.database()


def test_rows_are_written_once_changed_and_deleted(url: str, postgresql: PostgresqlServer) -> None:
    def ask(what: str) -> str:
        return postgresql.query(url, what)

    assert rows_to_write(site_of(url, LARRY, ADA)) == 6
    assert write_rows(site_of(url, LARRY, ADA, options={"rtp_timeout": "30"})) == 6
    assert write_rows(site_of(url, LARRY, ADA, options={"rtp_timeout": "30"})) == 0
    assert (
        ask("SELECT id, username, password FROM ps_auths ORDER BY id")
        == "201|201|s^3B3^5Ecret\n202|202|other"
    )
    assert ask("SELECT aors, auth, rtp_timeout FROM ps_endpoints WHERE id = '201'") == "201|201|30"

    ask("UPDATE ps_endpoints SET set_var = 'A=1' WHERE id = '201'")
    assert write_rows(site_of(url, LARRY)) == 4, "an option less in one row, three rows less"
    assert ask("SELECT rtp_timeout, set_var FROM ps_endpoints") == "|A=1"
    assert clear_rows(site_of(url).pbx) == 3
    assert ask("SELECT count(*) FROM ps_endpoints") == "0"
    assert "ringup_rows" not in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")


def test_two_programs_may_write_at_once(url: str, postgresql: PostgresqlServer) -> None:
    sites = [site_of(url, LARRY), site_of(url, LARRY, ADA)] * 3
    with ThreadPoolExecutor(len(sites)) as pool:
        list(pool.map(write_rows, sites))
    write_rows(sites[1])
    assert postgresql.query(url, "SELECT count(*) FROM ps_endpoints") == "2"
    assert write_rows(sites[1]) == 0


def test_rows_of_others_are_refused_and_stay(url: str, postgresql: PostgresqlServer) -> None:
    write_rows(site_of(url, ADA))
    postgresql.query(url, "INSERT INTO ps_aors (id, max_contacts) VALUES ('201', 5), ('900', 1)")

    with pytest.raises(InstallError, match=r"did not write are in the way: ps_aors 201\."):
        write_rows(site_of(url, LARRY))

    assert postgresql.query(url, "SELECT id FROM ps_auths") == "202", "one transaction: nothing was changed"
    clear_rows(site_of(url).pbx)
    assert postgresql.query(url, "SELECT id FROM ps_aors ORDER BY id") == "201\n900"


def test_a_row_changed_by_hand_stays_until_the_site_changes_it(
    url: str, postgresql: PostgresqlServer
) -> None:
    site = site_of(url, LARRY, ADA)
    write_rows(site)
    assert drifted_rows(site.pbx) == ()
    postgresql.query(url, "UPDATE ps_endpoints SET context = 'mine' WHERE id = '201'")

    (found,) = drifted_rows(site.pbx)
    assert (found.table, found.id) == ("ps_endpoints", "201")
    assert "context = mine\n" in found.text
    assert write_rows(site) == 0
    assert write_rows(site, overwrite=True) == 1
    assert drifted_rows(site.pbx) == ()


def test_enumerations_and_missing_tables_of_asterisks_own_schema(
    url: str, postgresql: PostgresqlServer
) -> None:
    site = site_of(url, LARRY)
    write_rows(site)
    postgresql.query(
        url,
        "DELETE FROM ringup_rows; DELETE FROM ps_endpoints; DELETE FROM ps_auths; DELETE FROM ps_aors;"
        "CREATE TYPE ast_bool_values AS ENUM ('yes', 'no');"
        "ALTER TABLE ps_endpoints ALTER force_rport TYPE ast_bool_values USING NULL",
    )
    assert write_rows(site) == 3
    assert drifted_rows(site.pbx) == ()
    with pytest.raises(InstallError, match="invalid input value for enum"):
        write_rows(site_of(url, LARRY, options={"force_rport": "perhaps"}))
    postgresql.query(url, "DROP TABLE ps_aors")
    with pytest.raises(InstallError, match="has no table ps_aors"):
        write_rows(site)


@pytest.mark.parametrize(
    ("line", "pbx", "what"),
    [
        (LARRY.model_copy(update={"name": "L" * 40}), {}, "callerid has 48 characters"),
        (LARRY.model_copy(update={"secret": "s" * 81}), {}, r"password has 81 characters; .* takes 80"),
        (LARRY, {"options": {"no_such_option": "1"}}, "no_such_option is not a column of ps_endpoints"),
    ],
)
def test_what_no_column_can_hold_is_refused(line: Line, pbx: dict[str, object], what: str) -> None:
    with pytest.raises(InstallError, match=what) as refused:
        write_rows(site_of("postgresql://nobody@127.0.0.1:1/x", line, **pbx))
    assert "sss" not in str(refused.value)


def test_a_server_that_cannot_be_reached_is_named_without_its_password() -> None:
    site = site_of("postgresql://nobody@127.0.0.1:1/x", LARRY, realtime_password="hush")
    with pytest.raises(InstallError, match=r"postgresql://nobody@127\.0\.0\.1:1/x.*pbx\.realtime") as refused:
        write_rows(site)
    assert "hush" not in str(refused.value)
