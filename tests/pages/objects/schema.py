"""Check a page with a schema of ringup that contains the limits in the reference."""

from functools import cache
from pathlib import Path

from xmlschema import XMLSchema

_SCHEMA = Path(__file__).parent / "phone_objects.xsd"


@cache
def _schema() -> XMLSchema:
    return XMLSchema(_SCHEMA)


def check(document: bytes) -> None:
    """Raise XMLSchemaValidationError, or a parser's error, for a page that a phone would not show."""
    _schema().validate(document.decode(_encoding(document)).split("\n", 1)[1])


def _encoding(document: bytes) -> str:
    return document.split(b'encoding="', 1)[1].split(b'"', 1)[0].decode()
