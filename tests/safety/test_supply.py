"""What the platform is made of is known: every pin with its hashes, and every licence that somebody has looked at."""

import importlib.metadata
import json
import re
from pathlib import Path

from supply import EXCEPTIONS, PAGE, PERMISSIVE, bill, licence, main, page, pins, runtime


def test_the_bill_of_materials_has_every_pin_with_hashes_and_a_licence(tmp_path: Path) -> None:
    """Threat: a changed dependency. The bill is valid CycloneDX, and holds what pip is told to install."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    main("sbom", str(tmp_path / "out" / "sbom.cdx.json"))
    text = (tmp_path / "out" / "sbom.cdx.json").read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    found = {(part["name"], part["version"]): part for part in json.loads(text)["components"]}
    assert set(found) == {(pin.name, pin.version) for pin in pins()}
    assert len(found) == len(pins()) > 150
    for pin in pins():
        part = found[pin.name, pin.version]
        hashes = [part["hashes"][0]["content"], *(entry["value"] for entry in part.get("properties", []))]
        assert sorted(hashes) == sorted(pin.hashes)
        assert part["licenses"], pin.name
    needed = {part["name"] for part in found.values() if part["scope"] == "required"}
    assert needed == set(runtime()), "what a refresh loads is marked"
    indexes = re.findall(r"https?://[^\"\s]+", text)
    assert not [address for address in indexes if "simple" in address or "files." in address]
    assert json.loads(bill())["components"] == json.loads(text)["components"], "the same pins give the same parts"


def test_every_runtime_package_is_permissive_or_an_exception_with_a_reason() -> None:
    """Threat: a licence that binds the council. A new dependency with another licence fails here."""
    strict = {name for name in runtime() if not set(re.split(r" AND | OR ", licence(name))) <= PERMISSIVE}
    assert strict == set(EXCEPTIONS)
    assert all(licence(name) for name in runtime())
    for name, why in EXCEPTIONS.items():
        assert len(why) > 40, name


def test_what_is_installed_is_what_is_pinned() -> None:
    """Threat: a changed dependency. A package that came by another way has no hash."""
    pinned = {(pin.name.replace("_", "-").replace(".", "-"), pin.version) for pin in pins()}
    for name in runtime():
        assert (name, importlib.metadata.version(name)) in pinned, name


def test_the_page_of_licences_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make docs"
