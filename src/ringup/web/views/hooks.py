"""The receivers of webhooks."""

import secrets
import time

from ringup.errors import SiteErrors
from ringup.store.hooks import Hook, read_hooks, remove_hook, save_hook
from ringup.web.answers import Answer, ListPage, See, WebPage, WebRefusal
from ringup.web.ask import Ask
from ringup.web.hooks.news import NEWS_KINDS
from ringup.web.hooks.rules import hook_problems
from ringup.web.listing import ListColumn, listing


def hooks(ask: Ask) -> Answer:
    """Show all receivers, and whether the last message was delivered."""
    faults = ask.web.hook_faults()
    columns = (
        ListColumn[Hook]("name", "Name", lambda hook: hook.name),
        ListColumn[Hook]("url", "Address", lambda hook: hook.url),
        ListColumn[Hook]("kinds", "News", lambda hook: hook.kinds, is_filter=True),
        ListColumn[Hook]("by", "Made by", lambda hook: hook.by),
        ListColumn[Hook]("failed", "Last fault", lambda hook: faults.get(hook.name, "")),
    )
    rows = listing(read_hooks(ask.web.engine), columns, "/hooks", ask.query)
    return ListPage("hooks.html", "Webhooks", rows, shown={"kinds": NEWS_KINDS, "faults": faults})


def add(ask: Ask) -> Answer:
    """Make a receiver; this page is the only one that shows its key."""
    name, url, kinds = ask.field("name").strip(), ask.field("url").strip(), ask.fields("kind")
    if problems := hook_problems(name, url, kinds):
        raise SiteErrors(problems)
    secret, who = secrets.token_urlsafe(32), ask.person.name if ask.person else ""
    save_hook(ask.web.engine, Hook(name, url, tuple(kinds), secret, who, time.time()))
    ask.web.hooks_changed()
    return WebPage("hook.html", f"Webhook {name}", {"name": name, "secret": secret})


def remove(ask: Ask) -> Answer:
    """Remove a receiver."""
    if not remove_hook(ask.web.engine, ask.values["name"]):
        return WebRefusal(404, "There is no such webhook.")
    ask.web.hooks_changed()
    return See("/hooks", f"Webhook {ask.values['name']} was removed.")
