"""The UDP ports for sound, from Asterisk's file and from the site's records."""

from pathlib import Path

import pytest

from ringup.check.probes import rtp as probe
from ringup.check.rtp import RtpPorts, all_phone_ports, asterisk_ports, phone_ports, sip_port
from ringup.rule import Unknown
from ringup.site.model import Group, Pbx, Phone, Site

DEFAULT = RtpPorts(5_000, 31_000)


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("[general]\nrtpstart=10000\nrtpend=20000\n", RtpPorts(10_000, 20_000)),
        ("[general](!)\n rtpstart => 12000 ; first\nrtpend = 12999;last\n", RtpPorts(12_000, 12_999)),
        ("[general]\n;rtpstart=10000\n;-- rtpend=1 --;\n", DEFAULT),
        ("[general]\nrtpstart=20000\nrtpend=10000\n", DEFAULT),
        ("[general]\nrtpstart=1\nrtpend=99999\n", RtpPorts(1_024, 65_535)),
        ("[other]\nrtpstart=10000\n[general]\nrtpend=6000\n", RtpPorts(5_000, 6_000)),
        ("[general]\nrtpstart=many\n\xff", DEFAULT),
        ("", DEFAULT),
    ],
)
def test_asterisk_s_range(text: str, ports: RtpPorts) -> None:
    assert asterisk_ports(text) == ports


def test_the_range_is_read_from_asterisk_s_folder(tmp_path: Path) -> None:
    site = Site(pbx=Pbx(etc=str(tmp_path)))
    assert probe.ports(site) == DEFAULT
    (tmp_path / "rtp.conf").write_text("[general]\nrtpstart=10000\nrtpend=20000\n")
    assert probe.ports(site) == RtpPorts(10_000, 20_000)
    (tmp_path / "rtp.conf").unlink()
    (tmp_path / "rtp.conf").mkdir()
    assert probe.ports(site) == Unknown(f"{tmp_path}/rtp.conf cannot be read: Is a directory")
    assert isinstance(probe.ports(Site()), Unknown)


def test_a_phone_s_range_is_its_own_its_group_s_or_the_site_s() -> None:
    own = Phone(mac="001646C0FFE1", group="lab", settings={"end_media_port": "17000"})
    grouped = Phone(mac="001646C0FFE2", group="lab")
    plain = Phone(mac="001646C0FFE3", settings={"voip_control_port": "5061"})
    site = Site(
        settings={"start_media_port": "16400"},
        groups=(Group(name="lab", settings={"start_media_port": "16800", "end_media_port": "16900"}),),
        phones=(own, grouped, plain),
    )
    assert [phone_ports(site, each) for each in site.phones] == [
        RtpPorts(16_800, 17_000), RtpPorts(16_800, 16_900), RtpPorts(16_400, 32_766),
    ]  # fmt: skip
    assert all_phone_ports(site) == RtpPorts(16_400, 32_766)
    assert all_phone_ports(Site()) == RtpPorts(16_384, 32_766)
    assert [sip_port(site, each) for each in site.phones] == [5_060, 5_060, 5_061]


def test_freepbxs_range_is_in_the_file_that_it_includes(tmp_path: Path) -> None:
    (tmp_path / "rtp.conf").write_text("#include rtp_additional.conf\n")
    (tmp_path / "rtp_additional.conf").write_text("[general]\nrtpstart=18000\nrtpend=19000\n")
    assert probe.ports(Site(pbx=Pbx(freepbx=str(tmp_path)))) == RtpPorts(18_000, 19_000)
