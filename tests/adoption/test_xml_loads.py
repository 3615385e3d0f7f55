"""Loads in XMLDefault.cnf.xml: for the 7940 and 7960, for other models, and texts that are not loads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.adoption.xml_loads import loads_in, read_loads

WILD = b"""<?xml version="1.0"?>
<Default>
  <loadInformation7 model="IP Phone 7960">P0S3-8-12-00</loadInformation7>
  <loadInformation8 model="IP Phone 7940" > P0S3-08-11-00
  </loadInformation8>
  <!-- <loadInformation6 model="old">P00405000700</loadInformation6> -->
  <loadInformation30018 model="IP Phone 7961">SIP41.8-5-4S</loadInformation30018>
  <loadInformation30007>CP7912&amp;x</loadInformation30007>
  <loadInformation115></loadInformation115>
"""


def test_each_model_has_the_load_that_the_file_names() -> None:
    found = read_loads(WILD)
    assert found.ours == ("P0S3-8-12-00", "P0S3-08-11-00")
    assert found.others == {"30018": "SIP41.8-5-4S", "30007": "CP7912&x"}
    assert found.notes == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<loadInformation>A</loadInformation>", "loadInformation is not the number of a model."),
        ("<loadInformation08>A</loadInformation08>", "loadInformation08 is not the number of a model."),
        ("<loadInformation6>\xfc</loadInformation6>", "loadInformation6 cannot name '\xfc': a load has up"),
        (
            "<loadInformation6>A</loadInformation6><loadInformation6>B</loadInformation6>",
            "names A and B in loadInformation6. The first one was imported.",
        ),
    ],
)
def test_what_is_not_kept_is_told_with_its_reason(text: str, said: str) -> None:
    [note] = read_loads(text.encode("latin-1")).notes
    assert said in str(note)


@given(st.binary() | st.text(st.sampled_from(list("<!->loadInformation76 x"))).map(str.encode))
def test_any_bytes_are_read(data: bytes) -> None:
    assert len(read_loads(data).others) <= len(list(loads_in(data)))
