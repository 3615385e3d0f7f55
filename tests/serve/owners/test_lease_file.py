"""Another server's lease file is followed while it grows, is rewritten, rotated, missing or truncated."""

import os
from pathlib import Path

import pytest

from ringup.errors import BindError
from ringup.serve.owners import lease_file
from ringup.serve.owners.lease_file import LeaseFile
from tests.wire.test_lease_files import DNSMASQ, FILES, ISC, KEA, MAC

NOW = 1764160100.0
NEW = "1764163600 00:11:22:33:44:55 10.0.0.20 * *\n"
KEA_NEW = "10.0.0.20,00:11:22:33:44:55,,3600,1764163600,1,0,0,,0,,0\n"
KEA_HEADER = KEA.partition("\n")[0] + "\n"


@pytest.fixture(autouse=True)
def _restless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_file, "REST", 0)


def following(path: Path, text: str, now: float = NOW) -> LeaseFile:
    path.write_text(text)
    return LeaseFile(path, lambda: now)


@pytest.mark.parametrize("form", FILES)
def test_a_living_lease_has_its_holder(form: str, tmp_path: Path) -> None:
    leases = following(tmp_path / "leases", FILES[form])
    assert leases.holder_of("10.0.0.10") == MAC
    assert leases.holder_of("10.0.0.66") == ""


@pytest.mark.parametrize("form", FILES)
def test_a_lease_that_ended_has_none(form: str, tmp_path: Path) -> None:
    assert following(tmp_path / "leases", FILES[form], now=1764163600.0).holder_of("10.0.0.10") == ""


@pytest.mark.parametrize(("before", "more"), [(DNSMASQ, NEW), (KEA, KEA_NEW)], ids=["dnsmasq", "Kea"])
def test_a_lease_that_is_added_is_known_at_once(before: str, more: str, tmp_path: Path) -> None:
    path = tmp_path / "leases"
    leases = following(path, before)
    assert leases.holder_of("10.0.0.20") == ""
    path.write_text(before + more)
    assert leases.holder_of("10.0.0.20") == "001122334455"


def test_a_file_that_is_replaced_is_read_anew_and_kept_while_it_is_away(tmp_path: Path) -> None:
    path = tmp_path / "dhcpd.leases"
    leases = following(path, ISC)
    assert leases.holder_of("10.0.0.10") == MAC
    path.rename(tmp_path / "dhcpd.leases~")
    assert leases.holder_of("10.0.0.10") == MAC
    (tmp_path / "new").write_text(ISC.replace("c0:ff:ee", "c0:ff:ef"))
    (tmp_path / "new").rename(path)
    assert leases.holder_of("10.0.0.10") == "001646C0FFEF"


def test_while_kea_tidies_up_its_other_files_count(tmp_path: Path) -> None:
    path = tmp_path / "kea-leases4.csv"
    leases = following(path, KEA)
    assert leases.holder_of("10.0.0.10") == MAC
    path.rename(tmp_path / "kea-leases4.csv.1")
    path.write_text(KEA_HEADER + KEA_NEW)
    assert leases.holder_of("10.0.0.10") == MAC
    assert leases.holder_of("10.0.0.20") == "001122334455"
    (tmp_path / "kea-leases4.csv.1").rename(tmp_path / "kea-leases4.csv.2")
    assert leases.holder_of("10.0.0.10") == MAC
    (tmp_path / "kea-leases4.csv.completed").write_text(KEA_HEADER)
    assert leases.holder_of("10.0.0.10") == ""


def test_a_newer_record_of_keas_counts_before_an_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "kea-leases4.csv"
    (tmp_path / "kea-leases4.csv.2").write_text(KEA)
    leases = following(path, KEA_HEADER + KEA_NEW.replace("10.0.0.20", "10.0.0.10"))
    assert leases.holder_of("10.0.0.10") == "001122334455"


def test_a_file_that_comes_later_is_followed(tmp_path: Path) -> None:
    leases = LeaseFile(tmp_path / "leases", lambda: NOW)
    leases.check()
    assert leases.holder_of("10.0.0.10") == ""
    (tmp_path / "leases").write_text(DNSMASQ)
    assert leases.holder_of("10.0.0.10") == MAC


def test_a_file_that_does_not_change_is_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "leases"
    leases = following(path, DNSMASQ)
    leases.holder_of("10.0.0.10")
    status = path.stat()
    path.write_text(DNSMASQ.replace("ff:ee", "ff:ef"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert leases.holder_of("10.0.0.10") == MAC


def test_another_file_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("root:x:0:0\n")
    with pytest.raises(BindError, match="not that of a lease file that ringup can read"):
        LeaseFile(tmp_path / "x").check()
    with pytest.raises(BindError, match="Is a directory"):
        LeaseFile(tmp_path).check()
