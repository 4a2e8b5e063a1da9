"""What the platform is made of: `supply.py sbom PATH` writes a bill of materials, `supply.py licences` the page.

What is here: both (the bill is CycloneDX), from requirements.txt, pyproject.toml and the metadata of what is installed.
What is not: addresses of package indexes, which differ from house to house.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "licences.md"

NAMES: Final = (
    (r"apache(-|\s|\b).*2(\.0)?|apache software license|apache-2\.0|apache", "Apache-2.0"),
    (r"(new |modified |3-clause )?bsd( license)?|bsd[- ]3-clause( license)?|3-clause bsd license", "BSD-3-Clause"),
    (r"mit( license)?|the mit license( \(mit\))?", "MIT"),
    (r"mpl[- ]2\.0|mozilla public license 2\.0 \(mpl 2\.0\)", "MPL-2.0"),
    (r"python software foundation license|psf(-2\.0)?", "PSF-2.0"),
    (r"isc( license)?( \(iscl\))?", "ISC"),
    (r"gnu lesser general public license v3.*|lgplv3.*|lgpl with exceptions", "LGPL-3.0-or-later"),
    (r"gnu library or lesser general public license \(lgpl\)", "LGPL-3.0-or-later"),
    (r"the unlicense( \(unlicense\))?", "Unlicense"),
)
"""How authors write a licence, and its SPDX name."""

NOT_SAID: Final = {
    "atheris": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "psutil": "BSD-3-Clause",
    "pyreadline3": "BSD-3-Clause",
    "pywin32": "PSF-2.0",
}
"""Pins for other systems, whose metadata this one does not have, and one whose metadata has no licence."""

PERMISSIVE: Final = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "HPND", "ISC", "MIT", "MIT-0", "MIT-CMU"),
        *("PSF-2.0", "Python-2.0", "Unlicense", "Zlib"),
    }
)
EXCEPTIONS: Final = {
    "certifi": "MPL-2.0: a list of certificates, used as it is; a change of its files would have to be published",
    "tqdm": "MPL-2.0 for some files, used as they are; comes with Great Expectations",
    "psycopg2-binary": "LGPL with exceptions: a library that is called and not changed; only for PostgreSQL storage",
}
"""Runtime packages that are not wholly permissive, with the reason for which they are used all the same."""


@dataclass(frozen=True)
class Pin:
    """One line of requirements.txt with its hashes."""

    name: str
    version: str
    hashes: tuple[str, ...]


def pins() -> list[Pin]:
    """Every pin, in the order of the file."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    found = []
    for entry in re.split(r"\n(?=\w)", text):
        if about := re.match(r"([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", entry):
            hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", entry)
            found.append(Pin(about[1].lower(), about[2], tuple(hashes)))
    return found


def licence(name: str) -> str:
    """The SPDX expression of an installed package, from its metadata; empty where it says nothing that is known."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return NOT_SAID.get(name, "")
    if expression := about["License-Expression"]:
        return str(expression)
    classified = [
        words.rpartition(" :: ")[2] for words in about.get_all("Classifier", []) if words.startswith("License")
    ]
    first_line = str(about["License"] or "").strip().split("\n")[0].strip()
    candidates = [first_line, *(part.strip() for part in first_line.split(" AND ")), *classified]
    names = [spdx(words) for words in ([first_line] if spdx(first_line) else candidates)]
    return " AND ".join(dict.fromkeys(filter(None, names))) or NOT_SAID.get(name, "")


def spdx(words: str) -> str:
    """The SPDX name of a licence as authors write it; empty for one that is not known."""
    known = {name.lower(): name for name in (*PERMISSIVE, "MPL-2.0")}
    if words.lower() in known:
        return known[words.lower()]
    return next((name for pattern, name in NAMES if re.fullmatch(pattern, words.lower())), "")


def runtime() -> list[str]:
    """Packages that a refresh or its servers may load: what pyproject.toml asks for, and all that these ask for."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    todo = [*project["dependencies"], *project["optional-dependencies"]["production"]]
    seen: dict[str, set[str]] = {}
    while todo:
        wanted = Requirement(todo.pop())
        name, extras = canonicalize_name(wanted.name), {"", *wanted.extras}
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        if extras <= seen.get(name, set()):
            continue
        seen.setdefault(name, set()).update(extras)
        for line in metadata.requires(name) or []:
            inner = Requirement(line)
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in seen[name]):
                inner.marker = None
                todo.append(str(inner))
    return sorted(seen)


def page() -> str:
    """docs/licences.md."""
    rows = [f"| {name} | {metadata.version(name)} | {licence(name)} |" for name in runtime()]
    reasons = [f"- `{name}`: {why}." for name, why in sorted(EXCEPTIONS.items())]
    return "\n".join(
        [
            "# Licences",
            "",
            "This page is made by `make docs` from the metadata of what is installed. Do not edit it.",
            "",
            f"The platform is under the MIT licence. A refresh and its servers load these {len(rows)} packages. All "
            "are permissive, but for:",
            "",
            *reasons,
            "",
            "What only tests, checks and builds use is not listed. The bill of materials has every pin with its "
            "hashes: `make sbom` writes `out/sbom.cdx.json` (CycloneDX).",
            "",
            "| package | version | licence |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def bill() -> str:
    """The bill of materials as CycloneDX JSON: one component a pin, with hashes and licence."""
    from cyclonedx.factory.license import LicenseFactory
    from cyclonedx.model import HashAlgorithm, HashType, Property
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentScope, ComponentType
    from cyclonedx.output.json import JsonV1Dot6
    from packageurl import PackageURL

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed, licences = set(runtime()), LicenseFactory()
    whole = Bom()
    whole.metadata.component = Component(
        name=project["name"], version=project["version"], type=ComponentType.APPLICATION, bom_ref=project["name"],
        licenses=[licences.make_from_string(project["license"])],
    )  # fmt: skip
    parts = []
    for pin in pins():
        # A pin has a hash for each of its files; CycloneDX has one of a kind a component, so the rest are properties.
        first, *more = pin.hashes
        parts.append(
            Component(
                name=pin.name, version=pin.version, type=ComponentType.LIBRARY,
                bom_ref=f"{pin.name}=={pin.version}", purl=PackageURL("pypi", None, pin.name, pin.version),
                scope=ComponentScope.REQUIRED if pin.name in needed else ComponentScope.EXCLUDED,
                licenses=[licences.make_from_string(licence(pin.name))],
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=first)],
                properties=[Property(name="sha256", value=one) for one in more],
            )
        )  # fmt: skip
        whole.components.add(parts[-1])
    whole.register_dependency(whole.metadata.component, parts)
    return JsonV1Dot6(whole).output_as_string(indent=1)


def main(task: str, target: str = "") -> None:
    """`licences`, or `sbom PATH`."""
    if task == "licences":
        PAGE.write_text(page(), encoding="utf-8")
        return
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(bill(), encoding="utf-8")
    sys.stdout.write(f"{path}: {len(pins())} components\n")


def unknown() -> Iterator[str]:
    """Pins whose licence is not known."""
    return (pin.name for pin in pins() if not licence(pin.name))


if __name__ == "__main__":
    main(*sys.argv[1:])
