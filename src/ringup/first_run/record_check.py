"""Check an answer as a field of a record, so that a mistake is found when the question is asked."""

from typing import Any, TypeVar

from pydantic import ValidationError

from ringup.site.complaints import problems_of
from ringup.site.fields import Record
from ringup.site.record_faults import FaultyRecord

Checked = TypeVar("Checked", bound=Record)


def checked_record(kind: type[Checked], fields: dict[str, Any]) -> Checked:
    """Return the record with these fields; raises FaultyRecord with the first mistake."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        first = next(problems_of(error, (), lambda _path: "", kind))
        raise FaultyRecord(first.what, first.cure) from error
