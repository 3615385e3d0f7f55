"""docs/reference/site.md agrees with the site's records, and its example is a valid site."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from ringup.cli.site_page import PARTS, page
from ringup.site.check import check
from ringup.site.field_docstrings import docstrings
from ringup.site.model import Site
from ringup.site.yaml_rows import read_yaml

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "site.md"
RECORDS = [part.record for part in PARTS.values()]


def test_the_page_of_the_site_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run tools/site-page"


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_field_has_its_sentence(record: type[BaseModel]) -> None:
    assert list(docstrings(record)) == list(record.model_fields)


def test_every_list_and_record_of_a_site_has_its_part() -> None:
    nested = {name for name, field in Site.model_fields.items() if "tuple" in str(field.annotation)}
    assert nested == {"subnets", *PARTS} - {
        "site",
        "network",
        "pbx",
        "phones[].lines",
        "phones[].lines[].numbers",
        "phones[].speed_dials",
    }


def test_the_example_is_a_site_with_a_phone() -> None:
    example = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    site = check(read_yaml(example[1], "site.yaml"))
    assert [line.extension for _, line in site.lines()] == ["201"]
    assert site.settings_of(site.phones[0]) == {"telnet_level": "0"}
