"""The phones' interface is named by the operator, or it is the only possible one."""

import socket
from types import SimpleNamespace

import psutil
import pytest

from ringup.errors import BindError
from ringup.serve.interfaces import choose


def plugged(monkeypatch: pytest.MonkeyPatch, **addresses: str) -> None:
    entries = {
        name: [SimpleNamespace(family=socket.AF_INET, address=address)] if address else []
        for name, address in {"lo": "127.0.0.1", **addresses}.items()
    }
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: entries)


def test_the_only_interface_with_an_address_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    plugged(monkeypatch, eth0="192.168.1.2", eth1="")
    assert choose("").name == "eth0"


def test_of_several_one_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    plugged(monkeypatch, eth0="192.168.1.2", eth1="10.0.0.1")
    with pytest.raises(BindError, match=r"eth0 \(192.168.1.2\), eth1 \(10.0.0.1\).*--interface"):
        choose("")
    assert choose("eth1").addresses == ("10.0.0.1",)


def test_without_any_address_there_is_nothing_to_serve_on(monkeypatch: pytest.MonkeyPatch) -> None:
    plugged(monkeypatch, eth0="")
    with pytest.raises(BindError, match="none has an address"):
        choose("")
    with pytest.raises(BindError, match="ip address add"):
        choose("eth0")
    with pytest.raises(BindError, match="no such interface"):
        choose("eth9")
