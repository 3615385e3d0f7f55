"""The privileges of root are given up for ever, or not at all."""

import os
import pwd
from pathlib import Path

import pytest

from ringup.errors import BindError, StoreError
from ringup.serve.privileges import drop_to, refuse_unwritable


def test_the_groups_go_first_and_the_user_last(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = pwd.getpwnam("nobody")
    called: list[tuple[str, object]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for name in ("setgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, name, lambda value, name=name: called.append((name, value)))

    drop_to("nobody")

    assert [name for name, _ in called] == ["setgroups", "setgid", "setuid"]
    assert called[1:] == [("setgid", nobody.pw_gid), ("setuid", nobody.pw_uid)]


def test_who_is_that_user_already_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "setuid", lambda _uid: pytest.fail("nothing to change"))
    drop_to(pwd.getpwuid(os.geteuid()).pw_name)


def test_an_unknown_user_is_said_before_anything_changes() -> None:
    with pytest.raises(BindError, match="no such user"):
        drop_to("no-such-user")


def test_only_root_can_become_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_groups: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "setgroups", refuse)
    with pytest.raises(BindError, match="Only root can"):
        drop_to("nobody")


def test_a_store_that_the_user_may_not_write_is_refused_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "ringup.db"
    database.touch()
    refuse_unwritable(database, "ringup")
    refuse_unwritable(None, "ringup")

    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(StoreError, match="chown -R ringup"):
        refuse_unwritable(database, "ringup")
