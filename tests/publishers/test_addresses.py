"""The table of addresses: complete, overridden where somebody says so, and never by mistake."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from safer_assets.errors import SettingsError
from safer_assets.publishers.addresses import VARIABLE, Addresses

KEYS = (
    "police_uk_archive_index",
    "police_uk_archive",
    "police_uk_api",
    "london_dataset_listings",
    "london_datastore",
    "nomis_population",
    "ons_lookup",
    "bank_holidays",
    "home_office_page",
)


@pytest.fixture(autouse=True)
def no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.mark.parametrize("key", KEYS)
def test_what_is_shipped_is_read_over_https_without_a_password(key: str) -> None:
    several = Addresses.load().several(key)
    assert several[0] == Addresses.load()[key]
    for address in several:
        parts = urlsplit(address)
        assert (parts.scheme, parts.username) == ("https", None)
        assert parts.hostname


def test_a_partnership_overrides_the_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours = {"police_uk_api": "http://127.0.0.1:1/api", "london_dataset_listings": ["http://127.0.0.1:1/{id}"]}
    addresses = Addresses.load(ours)
    assert addresses["police_uk_api"] == "http://127.0.0.1:1/api"
    assert addresses.several("london_dataset_listings") == ("http://127.0.0.1:1/{id}",)
    assert addresses["bank_holidays"] == Addresses.load()["bank_holidays"]
    file = tmp_path / "addresses.toml"
    file.write_text('police_uk_api = "http://127.0.0.1:2/api"\n', encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(file))
    assert Addresses.load(ours)["police_uk_api"] == "http://127.0.0.1:2/api", "the machine's file wins"
    assert Addresses.load(ours)["london_dataset_listings"] == "http://127.0.0.1:1/{id}"


def test_one_address_may_stand_for_several() -> None:
    assert Addresses.load({"london_dataset_listings": "https://host/{id}"}).several("london_dataset_listings") == (
        "https://host/{id}",
    )


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("police_uk_apis", "https://host", "did you mean 'police_uk_api'"),
        ("x", "https://host", "known are "),
        ("police_uk_api", "host/api", "does not begin with"),
        ("police_uk_api", "file:///etc/passwd", "does not begin with"),
        ("police_uk_api", "https://", "does not begin with"),
        ("police_uk_api", "https://a b", "no address"),
        ("police_uk_api", "", "does not begin with"),
        ("police_uk_api", ["https://host"], "one address, not list"),
        ("police_uk_api", 5, "one address, not int"),
        ("london_dataset_listings", [], "one at least"),
        ("london_dataset_listings", [5], "no address"),
        ("london_dataset_listings", 5, "list of addresses"),
        ("police_uk_api", "https://[::1", "does not begin with"),
    ],
)
def test_a_mistake_names_where_and_which(key: str, value: object, said: str) -> None:
    with pytest.raises(SettingsError, match=rf"^partnership\.toml, \[addresses\]: .*{key}.*{said}"):
        Addresses.load({key: value})  # type: ignore[dict-item]  # that is the mistake


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        Addresses.load({"police_uk_api": "ftp://user:s3cret@host/"})
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("content", [None, b"police_uk_api = ", b"\xff", b'bank_holiday = "https://host"'])
def test_a_file_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "ours.toml"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv(VARIABLE, str(file))
    with pytest.raises(SettingsError, match=rf"ours\.toml \({VARIABLE}\): "):
        Addresses.load()
