"""A named proxy tells who asks and whether the browser's connection is encrypted; nobody else does."""

from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from starlette.requests import Request

from ringup.web.incoming import ask_of
from tests.web.asking import web_of

PROXY, PERSON = "192.0.2.1", "203.0.113.9"


@pytest.mark.parametrize(
    ("client", "scheme", "forwarded", "expected"),
    [
        (PERSON, "https", {}, (PERSON, True)),
        (PERSON, "http", {"x-forwarded-for": "198.51.100.1", "x-forwarded-proto": "https"}, (PERSON, False)),
        (PROXY, "http", {"x-forwarded-for": PERSON, "x-forwarded-proto": "https"}, (PERSON, True)),
        (PROXY, "https", {"x-forwarded-for": PERSON, "x-forwarded-proto": "http"}, (PERSON, False)),
        (PROXY, "https", {}, (PROXY, True)),
        (PROXY, "http", {"x-forwarded-for": f"10.0.0.1, {PERSON}, {PROXY}"}, (PERSON, False)),
    ],
)
def test_the_client_and_its_encryption(
    tmp_path: Path, client: str, scheme: str, forwarded: dict[str, str], expected: tuple[str, bool]
) -> None:
    headers = [(name.encode(), value.encode()) for name, value in forwarded.items()]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers,
             "scheme": scheme, "client": (client, 5000), "server": ("192.0.2.9", 80)}  # fmt: skip
    with web_of(tmp_path) as web:
        behind = replace(web, options=replace(web.options, proxies=(ip_network(PROXY),)))
        ask = ask_of(behind, Request(scope), None)
    assert (ask.address, ask.is_secure) == expected
