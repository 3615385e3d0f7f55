"""ringup's account for the manager interface: its file, when ringup may write it, and what prevents that."""

from pathlib import Path

import pytest

from ringup.asterisk.manager_account import account_change, account_text, removed_account, secret_in
from ringup.errors import InstallError
from ringup.site.model import Pbx

STOCK = '[general]\nenabled = yes\nport = 5038\nbindaddr = 127.0.0.1\n\n#include "manager.d/*.conf"\n'
TEXT = """\
; Written by `ringup pbx install`; `ringup pbx remove` removes it.
[ringup]
secret = s3cret
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
read = system,call,command,config,reporting,security,user
write = system,call,command,config,reporting,security,user
"""
HAS_ACCOUNT = Pbx(manager_user="ringup", manager_secret="s3cret")


@pytest.fixture(name="etc")
def _etc(tmp_path: Path) -> Path:
    (tmp_path / "manager.d").mkdir()
    (tmp_path / "manager.conf").write_text(STOCK)
    return tmp_path


def test_a_new_account_has_a_secret_of_its_own(etc: Path) -> None:
    first, second = (account_change(Pbx(), etc) for _ in range(2))
    assert first is not None
    assert second is not None
    secret = secret_in(first)
    assert len(secret) == 32
    assert secret != secret_in(second)
    assert first.after == TEXT.replace("s3cret", secret).encode()
    assert (first.path, first.before) == (etc / "manager.d/ringup.conf", None)


def test_a_site_with_the_account_gets_its_file_again_if_it_is_gone(etc: Path) -> None:
    change = account_change(HAS_ACCOUNT, etc)
    assert change is not None
    assert change.after == TEXT.encode()
    change.make()
    assert (etc / "manager.d/ringup.conf").stat().st_mode & 0o7777 == 0o640
    assert account_change(HAS_ACCOUNT, etc) is None


@pytest.mark.parametrize(
    "pbx",
    [Pbx(manager_user="panel", manager_secret="x"), Pbx(manager_host="192.168.1.20")],
    ids=["another account", "another machine"],
)
def test_an_account_elsewhere_is_left_alone(etc: Path, pbx: Pbx) -> None:
    assert account_change(pbx, etc) is None


def test_a_folder_without_manager_conf_gets_none(tmp_path: Path) -> None:
    assert account_change(Pbx(), tmp_path) is None


@pytest.mark.parametrize(
    ("manager", "said"),
    [
        (STOCK.replace("yes", "no"), "the interface is off. Write enabled = yes"),
        (STOCK.replace("enabled", ";enabled"), "the interface is off"),
        (STOCK.replace("#include", ";#include"), 'Add this line to it: #include "manager.d/\\*.conf"'),
        (STOCK + "[ringup]\nsecret=x\n", "Store its secret in the site: ringup site set"),
    ],
    ids=["off", "not on", "not included", "the operator's"],
)
def test_what_is_in_the_way_is_said_with_its_cure(etc: Path, manager: str, said: str) -> None:
    (etc / "manager.conf").write_text(manager)
    with pytest.raises(InstallError, match=said):
        account_change(Pbx(), etc)


def test_the_operators_file_of_our_name_is_neither_changed_nor_removed(etc: Path) -> None:
    (etc / "manager.d/ringup.conf").write_text("[ringup]\nsecret = theirs\n")
    with pytest.raises(InstallError, match="the operator has an account"):
        account_change(Pbx(), etc)
    assert account_change(HAS_ACCOUNT, etc) is None
    assert removed_account(etc) == []


def test_a_missing_or_linked_folder_is_said(etc: Path) -> None:
    (etc / "manager.d").rmdir()
    with pytest.raises(InstallError, match=r"is not a folder\. Create it"):
        account_change(Pbx(), etc)
    (etc / "elsewhere").mkdir()
    (etc / "manager.d").symlink_to(etc / "elsewhere")
    with pytest.raises(InstallError, match="is not a folder"):
        account_change(Pbx(), etc)


def test_our_file_is_removed(etc: Path) -> None:
    (etc / "manager.d/ringup.conf").write_text(account_text("s3cret"))
    (change,) = removed_account(etc)
    assert (change.before, change.after) == (TEXT.encode(), None)
