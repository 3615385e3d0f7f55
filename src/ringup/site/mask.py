"""Secrets as every view shows them: masked."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ringup.phone.forced_keys import bare, hides_value

MASK = "********"
"""The text that every view shows instead of a secret. In a file that is applied, the mask means: keep the
stored secret.
"""


SECRETS = frozenset({"secret", "password", "voicemail_pin", "manager_secret", "realtime_password"})
"""Fields of records that no view shows; settings are hidden by their name."""


_WITH_PARTS = (dict, list)


@lru_cache(maxsize=4096)
def is_hidden(field: str) -> bool:
    """Return whether every view masks this field or setting, with the prefix ``force:`` or without."""
    return bare(field) in SECRETS or hides_value(field)


def masked(value: Any) -> Any:
    """Return the same plain data with every secret that is not empty masked."""
    return with_secrets(value, lambda _: MASK)


def with_secrets(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return the same plain data with every secret that is not empty changed."""
    return _with(value, change, is_hidden)


def with_secret_settings(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return the same plain data with the secret settings changed, and not the secret fields of records."""
    return _with(value, change, lambda name: is_hidden(name) and bare(name) not in SECRETS)


def _with(value: Any, change: Callable[[Any], Any], is_one: Callable[[str], bool]) -> Any:
    if isinstance(value, dict):
        return {
            name: _with(part, change, is_one)
            if isinstance(part, _WITH_PARTS)
            else change(part)
            if is_one(name) and part not in ("", None)
            else part
            for name, part in value.items()
        }
    return [_with(part, change, is_one) for part in value] if isinstance(value, list) else value
