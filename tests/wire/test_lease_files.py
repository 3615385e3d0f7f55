"""The lease files of three DHCP servers, also truncated anywhere and with arbitrary contents."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.wire.lease_files import form_of, living_leases

MAC, OTHER = "001646C0FFEE", "00112233AABB"

KEA = """\
address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id
10.0.0.10,00:16:46:c0:ff:ee,,3600,1764160000,1,0,0,sep001646c0ffee,0,,0
10.0.0.11,00:11:22:33:aa:bb,01:00,3600,1764160000,1,0,0,"odd,0,,0
10.0.0.11,00:11:22:33:aa:bb,01:00,0,1764156400,1,0,0,"odd,0,,0
10.0.0.12,00:11:22:33:aa:bb,,3600,1764160000,1,0,0,,1,{ "a": "b&#x2cc" },0
10.0.0.13,00:11:22:33:aa:bb,,4294967295,1764160000,1,0,0,,0,,0
10.0.0.14,,ff:00,3600,1764160000,1,0,0,,0,,0
10.0.0.10,00:16:46:c0:ff:ee,,3600,1764163600,1,0,0,sep001646c0ffee,0,,0
"""

ISC = """\
# The format of this file is documented in the dhcpd.leases(5) manual page.
# This lease file was written by isc-dhcp-4.4.3-P1

authoring-byte-order little-endian;

lease 10.0.0.10 {
  starts 3 2025/11/26 11:26:40;
  ends 3 2025/11/26 12:26:40;
  binding state active;
  next binding state free;
  hardware ethernet 00:16:46:c0:ff:ee;
  uid "\\001}\\"\\026#";
  set vendor-class-identifier = "Cisco { lease 10.0.0.66 {";
  client-hostname "SEP001646C0FFEE";
}
lease 10.0.0.11 {
  starts 3 2025/11/26 11:26:40;
  ends 3 2025/11/26 12:26:40;
  binding state free;
  hardware ethernet 00:11:22:33:aa:bb;
}
lease 10.0.0.12 {
  starts epoch 1764156400; # Wed Nov 26 11:26:40 2025
  ends epoch 1764160000; # Wed Nov 26 12:26:40 2025
  binding state active;
  hardware ethernet 00:11:22:33:aa:bb;
  on expiry {
    log (info, "gone");
  }
}
lease 10.0.0.13 {
  ends never;
  binding state active;
  hardware ethernet 00:11:22:33:aa:bb;
}
lease 10.0.0.10 {
  starts 3 2025/11/26 12:26:40;
  ends 3 2025/11/26 13:26:40;
  binding state active;
  hardware ethernet 00:16:46:c0:ff:ee;
}
"""

DNSMASQ = """\
1764163600 00:16:46:c0:ff:ee 10.0.0.10 SEP001646C0FFEE 01:00:16:46:c0:ff:ee
0 00:11:22:33:aa:bb 10.0.0.13 * *
1764160000 06-00:11:22:33:aa:bb:cc:dd 10.0.0.14 * *
duid 00:01:00:01:2e
1764160000 12345 fd00::10 * 00:01
"""

FILES = {"Kea": KEA, "ISC dhcpd": ISC, "dnsmasq": DNSMASQ}
LASTS = {
    "Kea": {"10.0.0.10": (MAC, 1764163600), "10.0.0.13": (OTHER, inf)},
    "ISC dhcpd": {
        "10.0.0.10": (MAC, 1764163600), "10.0.0.12": (OTHER, 1764160000), "10.0.0.13": (OTHER, inf),
    },
    "dnsmasq": {"10.0.0.10": (MAC, 1764163600), "10.0.0.13": (OTHER, inf)},
}  # fmt: skip


@pytest.mark.parametrize("form", FILES)
def test_the_form_is_known_by_its_content(form: str) -> None:
    assert form_of(FILES[form]) == form


@pytest.mark.parametrize("text", ["", "\n", "root:x:0:0:root:/root:/bin/bash\n", "lease", "{}"])
def test_another_file_is_none_of_theirs(text: str) -> None:
    assert form_of(text) == ""
    assert living_leases(text) == {}


@pytest.mark.parametrize("form", FILES)
def test_the_last_record_of_each_leased_address_counts(form: str) -> None:
    found = {address: (lease.mac, lease.ends) for address, lease in living_leases(FILES[form]).items()}
    assert found == LASTS[form]


@pytest.mark.parametrize("form", FILES)
def test_a_file_cut_off_anywhere_names_no_wrong_owner(form: str) -> None:
    text = FILES[form]
    macs = {"10.0.0.10": MAC}
    for end in range(len(text)):
        for address, lease in living_leases(text[:end]).items():
            assert lease.mac == macs.get(address, OTHER)
            assert lease.ends in (1764160000, 1764163600, inf)
            assert address != "10.0.0.66"


@given(st.sampled_from(sorted(FILES)), st.text(), st.integers(0, 2000))
def test_nonsense_in_the_middle_never_raises(form: str, nonsense: str, at: int) -> None:
    text = FILES[form]
    living_leases(text[:at] + nonsense + text[at:])


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    living_leases(text)


@pytest.mark.parametrize("end", ["ends 3 2025/99/26 12:26:40;", ""])
def test_an_isc_lease_whose_end_cannot_be_read_has_ended(end: str) -> None:
    start = ISC[: ISC.index("lease 10.0.0.10")]
    lease = "lease 10.0.0.99 {{\n  {}\n  hardware ethernet 00:16:46:c0:ff:ee;\n}}\n"
    assert set(living_leases(start + lease.format("ends never;"))) == {"10.0.0.99"}
    assert living_leases(start + lease.format(end)) == {}
