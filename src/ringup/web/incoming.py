"""Reads an HTTP request into an Ask."""

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import PurePosixPath

from starlette.datastructures import UploadFile
from starlette.requests import Request

from ringup.web.ask import Ask, Upload, Wanted
from ringup.web.context import Web

MOST_UPLOAD = 64 * 1024 * 1024
"""Maximum bytes of one request: the largest firmware package has 16 MB."""
MOST_FIELDS = 20_000
"""Maximum number of fields of one form."""
_SUFFIXES: Mapping[str, Wanted] = {".json": "json", ".csv": "csv"}


def split(path: str) -> tuple[str, Wanted | None]:
    """Return an address without its ``.json`` or ``.csv``, and the form that the suffix asks for."""
    for suffix, wanted in _SUFFIXES.items():
        if path.endswith(suffix):
            return path.removesuffix(suffix).removesuffix("/index") or "/", wanted
    return path, None


def ask_of(web: Web, request: Request, wants: Wanted | None) -> Ask:
    """Return the request without its form and without its account."""
    address, is_secure = _client(web, request)
    accept = request.headers.get("accept", "")
    if wants is None:
        wants = "html" if "text/html" in accept or accept.startswith("image/") else "json"
    return Ask(
        web, request.method, request.url.path, wants,
        address=address, host=request.headers.get("host", ""), is_secure=is_secure,
        values={key: str(value) for key, value in request.path_params.items()},
        query=request.query_params.multi_items(), headers=dict(request.headers), cookies=request.cookies,
    )  # fmt: skip


async def with_form(ask: Ask, request: Request) -> Ask:
    """Return the request with the fields and files of its form.

    Raises starlette's HTTPException for a form that cannot be read.
    """
    fields: list[tuple[str, str]] = []
    uploads: dict[str, Upload] = {}
    async with request.form(max_files=20, max_fields=MOST_FIELDS, max_part_size=MOST_UPLOAD) as form:
        for key, value in form.multi_items():
            if not isinstance(value, UploadFile):
                fields.append((key, value))
            elif value.filename:
                name = PurePosixPath(value.filename.replace("\\", "/")).name
                uploads[key] = Upload(name, await value.read())
    return replace(ask, form=fields, uploads=uploads)


def _client(web: Web, request: Request) -> tuple[str, bool]:
    """Return the client's address and whether its connection is encrypted; a named proxy tells both."""
    address = request.client.host if request.client else ""
    is_secure = request.url.scheme == "https"
    if not _is_proxy(web.options.proxies, address):
        return address, is_secure
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    origin = next((hop for hop in reversed(hops) if not _is_proxy(web.options.proxies, hop)), address)
    forwarded = request.headers.get("x-forwarded-proto", "https" if is_secure else "")
    return origin, forwarded == "https"


def _is_proxy(proxies: tuple[IPv4Network | IPv6Network, ...], address: str) -> bool:
    try:
        return any(ip_address(address) in network for network in proxies)
    except ValueError:
        return False
