"""Secrets as every view shows them: masked."""

from collections.abc import Callable
from typing import Any

from ringup.phone.forced_keys import bare

MASK = "********"
"""What every view shows instead of a secret. In a file that is applied, the mask means: keep the stored
secret.
"""


SECRETS = frozenset({"secret", "password", "voicemail_pin", "manager_secret"})
"""Fields that no view shows."""


def masked(value: Any) -> Any:
    """Return the same plain data with every secret that is not empty masked."""
    return with_secrets(value, lambda _: MASK)


def with_secrets(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return the same plain data with every secret that is not empty changed."""
    if isinstance(value, dict):
        return {
            name: change(part)
            if bare(name) in SECRETS and part not in ("", None)
            else with_secrets(part, change)
            for name, part in value.items()
        }
    return [with_secrets(part, change) for part in value] if isinstance(value, list) else value
