"""A site is written as YAML and read again."""

import pytest
from hypothesis import given, settings

from ringup.errors import SiteErrors
from ringup.site.check import check
from ringup.site.mask import MASK
from ringup.site.model import Line, Phone, Site
from ringup.site.write import write_yaml
from ringup.site.yaml_rows import read_yaml
from tests.site.sites import ANY_SECRETS, sites

SITE = Site(
    phones=(
        Phone(
            mac="001646000000",
            password="menu",
            lines=(Line(extension="0201", name="Larry", secret="s3cret", voicemail_pin="1234"),),
        ),
    )
)


@given(sites())
def test_a_site_written_and_read_is_the_same_site_and_the_same_text(site: Site) -> None:
    text = write_yaml(site, secrets=True)
    again = check(read_yaml(text, "site.yaml"), Site())
    assert again == site
    assert write_yaml(again, secrets=True) == text


@given(sites())
def test_a_masked_export_applied_again_keeps_every_secret(site: Site) -> None:
    text = write_yaml(site, secrets=False)
    assert check(read_yaml(text, "site.yaml"), site) == site


@settings(max_examples=settings().max_examples // 4)  # of twenty files each
@given(sites())
def test_a_cut_file_gives_a_site_or_site_errors(site: Site) -> None:
    text = write_yaml(site, secrets=True)
    for end in range(0, len(text), max(1, len(text) // 20)):
        caught = None
        try:
            check(read_yaml(text[:end], "site.yaml"), Site())
        except SiteErrors as error:
            caught = error
        assert caught is None or caught.problems


def test_the_text_is_pleasant_and_safe_for_other_yaml_readers() -> None:
    assert write_yaml(SITE, secrets=True) == (
        "site:\n  name: ringup\n  time_zone: Etc/UTC\n  load: P0S3-8-12-00\n\n"
        "pbx:\n  driver: pjsip\n\n"
        "phones:\n  - mac: '001646000000'\n    model: 7960\n    password: menu\n    lines:\n"
        "      - extension: '0201'\n        name: Larry\n        secret: s3cret\n"
        "        voicemail_pin: 1234\n"
    )


def test_no_secret_is_in_a_masked_text() -> None:
    text = write_yaml(SITE, secrets=False)
    for secret in ("menu", "s3cret", "1234"):
        assert secret not in text
    assert text.count(MASK) == 3


def test_secret_settings_are_masked_and_come_back() -> None:
    phone = Phone(mac="001646C0FFEE", settings={"force:vpn_passphrase": "s3same", "logo_url": "http://a/b"})
    site = Site(settings={"force:snmp_community": "pu6lic"}, phones=(phone,))
    text = write_yaml(site, secrets=False)
    assert [word for word in ("s3same", "pu6lic") if word in text] == []
    assert "http://a/b" in text
    assert check(read_yaml(text, "f"), site).settings == site.settings
    assert check(read_yaml(text, "f"), site).phones[0].settings == phone.settings


@pytest.mark.thorough
def test_a_thousand_phones_keep_every_digit() -> None:
    macs = [f"0016460E{number:04}" for number in range(1000)]
    site = Site(phones=tuple(Phone(mac=mac) for mac in macs))
    assert [phone.mac for phone in check(read_yaml(write_yaml(site, secrets=True), "f")).phones] == macs


def with_secrets(secret: str, password: str) -> Site:
    lines = (Line(extension="201", secret=secret), Line(extension="202", secret="s3cret"))
    return Site(phones=(Phone(mac="001646000000", password=password, lines=lines),))


@given(ANY_SECRETS, ANY_SECRETS)
def test_any_adopted_password_is_written_and_read_again(secret: str, password: str) -> None:
    site = with_secrets(secret, password)
    text = write_yaml(site, secrets=True)
    again = check(read_yaml(text, "site.yaml"), Site())
    assert again == site
    assert write_yaml(again, secrets=True) == text
    assert check(read_yaml(write_yaml(site, secrets=False), "site.yaml"), site) == site


def test_a_password_that_phones_cannot_take_is_marked_and_no_other() -> None:
    text = write_yaml(with_secrets("x" * 32, 'a"b'), secrets=True)
    assert f"        force:secret: {'x' * 32}\n" in text
    assert '    force:password: a"b\n' in text
    assert "        secret: s3cret\n" in text
    assert "force:" not in write_yaml(with_secrets("x" * 32, 'a"b'), secrets=False)


def test_a_password_that_looks_like_the_mask_is_marked_so_that_it_stays_one() -> None:
    assert f"force:secret: '{MASK}'\n" in write_yaml(with_secrets(MASK, ""), secrets=True)
