"""The fields that all forms of `--json` share."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class ObjectForm(BaseModel):
    """An object with exactly these keys."""

    model_config = ConfigDict(
        extra="forbid", use_attribute_docstrings=True, json_schema_serialization_defaults_required=True
    )


class Printed(ObjectForm):
    """The complete object that a command prints."""

    version: Literal[1]
    """Raised when a key is removed or changes its meaning, not when a key is added."""
