"""Mask secrets in everything that is displayed."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ringup.phone.forced_keys import bare, hides_value

MASK = "********"
"""The text that is displayed instead of a secret; in a file that is applied, it means that the stored secret
stays.
"""


SECRETS = frozenset(
    {
        "secret",
        "password",
        "voicemail_pin",
        "manager_secret",
        "realtime_password",
        "guests_secret",
        "page_tokens_secret",
    }
)
"""Fields of records that are never displayed; secret settings are recognised by their names."""


_WITH_PARTS = (dict, list)


@lru_cache(maxsize=4096)
def is_hidden(field: str) -> bool:
    """Return whether this field or setting is masked in every view; the name may have the prefix
    ``force:``.
    """
    return bare(field) in SECRETS or hides_value(field)


def masked(value: Any) -> Any:
    """Return the same plain data, in which every secret that is not empty is masked."""
    return with_secrets(value, lambda _: MASK)


def with_secrets(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return the same plain data, in which `change` was applied to every secret that is not empty."""
    return _with(value, change, is_hidden)


def with_secret_settings(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return the same plain data, in which `change` was applied to the secret settings, but not to secret
    fields.
    """
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
