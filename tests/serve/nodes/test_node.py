"""How a server joins the nodes of its database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import Engine

from ringup.errors import BindError
from ringup.serve.dhcp.service import DhcpService
from ringup.serve.nodes.node import DhcpOnNetwork, are_several, join, this_node
from ringup.serve.options import Options
from ringup.serve.sockets import InterfaceState
from ringup.store.database import open_database
from ringup.store.nodes import read_nodes
from tests.engine.dhcp.clients import a_server


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(str(tmp_path / "ringup.db"))
    yield engine
    engine.dispose()


def test_a_server_on_sqlite_is_alone(database: Engine) -> None:
    assert not are_several(database)


def test_a_node_is_named_after_the_machine_unless_it_has_a_name(tmp_path: Path) -> None:
    with patch("socket.gethostname", lambda: "office-a.example.net"):
        assert this_node(Options("eth0", "", tmp_path), "10.0.0.1").name == "office-a.example.net"
        named = this_node(Options("eth0", "", tmp_path, node="a", tftp=False), "10.0.0.1")
    assert (named.name, named.serves_files) == ("a", False)


def test_two_servers_of_one_name_do_not_run_at_the_same_time(database: Engine, tmp_path: Path) -> None:
    node = this_node(Options("eth0", "", tmp_path, node="a"), "10.0.0.1")
    join(database, node)
    with pytest.raises(
        BindError, match=r"node a: another server of this database, at 10\.0\.0\.1.*--node a-2"
    ):
        join(database, replace(node, address="10.0.0.2", run="another"))
    assert read_nodes(database) == [node]


def test_a_node_provides_dhcp_on_its_network_while_its_interface_is_up(database: Engine) -> None:
    service = DhcpService(["lo"], a_server(), lambda _: None, lambda _: None, lambda _work, _done: None)
    dhcp = DhcpOnNetwork("lo", service, database)
    assert dhcp.name() == "DHCP on 127.0.0.0/8"
    with patch("ringup.serve.nodes.node.state_of", lambda _: InterfaceState(1, "it was switched off")):
        assert dhcp.name() == ""
