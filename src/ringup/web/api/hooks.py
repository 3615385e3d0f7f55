"""Webhooks: their receivers."""

import secrets
import time
from typing import Annotated

from fastapi import APIRouter, Path

from ringup.errors import SiteErrors
from ringup.store.hooks import Hook, read_hooks, remove_hook, save_hook
from ringup.web.api.access import Administrator, ApiRefusal
from ringup.web.api.work_forms import HookBody, HookMade, HookRow
from ringup.web.hooks.rules import hook_problems

router = APIRouter(tags=["webhooks"])

HookName = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")]


@router.get("/hooks", operation_id="list_hooks")
def hooks(ask: Administrator) -> list[HookRow]:
    """Return all receivers, and why their last message was not delivered."""
    faults = ask.web.hook_faults()
    return [
        HookRow(name=each.name, url=each.url, kinds=list(each.kinds), failed=faults.get(each.name, ""))  # type: ignore[arg-type]
        for each in read_hooks(ask.web.engine)
    ]


@router.put("/hooks/{name}", operation_id="write_hook")
def write(ask: Administrator, name: HookName, body: HookBody) -> HookMade:
    """Add a receiver, or replace it with a new key, which only this answer has."""
    if problems := hook_problems(name, body.url, body.kinds):
        raise SiteErrors(problems)
    secret, who = secrets.token_urlsafe(32), ask.person.name if ask.person else ""
    save_hook(ask.web.engine, Hook(name, body.url, tuple(body.kinds), secret, who[:64], time.time()))
    ask.web.hooks_changed()
    return HookMade(name=name, secret=secret)


@router.delete("/hooks/{name}", operation_id="remove_hook", status_code=204)
def remove(ask: Administrator, name: HookName) -> None:
    """Remove a receiver."""
    if not remove_hook(ask.web.engine, name):
        raise ApiRefusal(404, f"There is no webhook {name}.")
    ask.web.hooks_changed()
