"""Puts the API together, and makes its OpenAPI document true."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.base import BaseHTTPMiddleware

from ringup import __version__
from ringup.web.api import doing, firmware, history, hooks, phones, records, tables
from ringup.web.api.access import DOCUMENTED, PROBLEM, AuditedRequests, refuse_in_one_form
from ringup.web.context import Web

PREFIX = "/api/v1"

DESCRIPTION = """\
Everything that the web page shows and changes. Send an API token as `Authorization: Bearer TOKEN`
(`ringup token add NAME`). A change is checked as a whole and made as one revision, or not at all; with
`dry_run=true` its plan is returned. A record's `ETag`, sent back as `If-Match`, refuses a change of a record
that somebody else has changed meanwhile."""


def api(web: Web) -> FastAPI:
    """Return the application below PREFIX."""
    made = FastAPI(
        title="ringup", version=__version__, description=DESCRIPTION, responses=DOCUMENTED,
        docs_url=None, redoc_url=None, servers=[{"url": PREFIX}], root_path_in_servers=False,
    )  # fmt: skip
    made.state.web = web
    made.add_middleware(BaseHTTPMiddleware, dispatch=AuditedRequests(web))
    refuse_in_one_form(made)
    for part in (phones, records, history, doing, firmware, tables, hooks):
        made.include_router(part.router)
    made.openapi = lambda: _document(made)  # type: ignore[method-assign]
    return made


def _document(made: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document: refusals are problems (RFC 9457), and a token is needed."""
    if made.openapi_schema is None:
        document = get_openapi(
            title=made.title, version=made.version, description=made.description, routes=made.routes,
            servers=made.servers,
        )  # fmt: skip
        for path in document["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    if status[0] in "45":
                        answer["content"] = {PROBLEM: answer["content"]["application/json"]}
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
        made.openapi_schema = document
    return made.openapi_schema
