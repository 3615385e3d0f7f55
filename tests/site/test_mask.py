"""The values that no view shows."""

import pytest

from ringup.site.mask import MASK, masked


@pytest.mark.parametrize(
    "field",
    ["secret", "password", "voicemail_pin", "manager_secret", "realtime_password", "force:snmp_community"],
)
def test_a_secret_is_masked_and_what_is_beside_it_is_not(field: str) -> None:
    assert masked([{field: "s3cret", "name": "Larry"}]) == [{field: MASK, "name": "Larry"}]
    assert masked({field: ""}) == {field: ""}
