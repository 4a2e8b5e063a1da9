"""The page that lists the archives of data.police.uk: for each, its MD5 and its size as people read it.

What is here: reading that page, whatever its layout. What is not: the archives (archive.py). The MD5 is of a file of
1.7 GB that is never downloaded whole, so it cannot be checked; but a file with the same MD5 is the same file.
"""

import re
from dataclasses import dataclass
from typing import Final

from safer_assets.errors import FetchError

LATEST: Final = "latest"
_LINK: Final = re.compile(r"""href\s*=\s*["']?[^"'>\s]*?\b(\d{4}-\d{2}|latest)\.zip""", re.IGNORECASE)
_MD5: Final = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{32}(?![0-9a-fA-F])")
_SIZE: Final = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([KMG])i?B\b", re.IGNORECASE)
_POWER: Final = {"K": 1, "M": 2, "G": 3}


@dataclass(frozen=True)
class Listed:
    """What the page says of one archive.

    Attributes:
        name: Its last month, YYYY-MM, or `latest`.
        md5: In lower case; empty where the page gives none.
        size: As printed, such as `1.7 GB`; empty where the page gives none.
    """

    name: str
    md5: str
    size: str

    def check_size(self, url: str, size: int) -> None:
        """Compare the printed size with the bytes that the server announces (-1: it does not).

        Raises:
            FetchError: They cannot be of one file.
        """
        found = _SIZE.search(self.size)
        if not found or size < 0:
            return
        power = _POWER[found[2].upper()]
        # Rounded or cut to the last digit that is printed; and pages mix units of 1,000 and of 1,024 under one name.
        digit = 10.0 ** -len(found[1].partition(".")[2])
        if not (float(found[1]) - digit) * 1000**power <= size <= (float(found[1]) + digit) * 1024**power:
            raise FetchError(
                f"{url}: has {size:,} bytes where the list of archives says {self.size}. Nothing was fetched: the "
                "archive is cut or just being replaced. Refresh again later."
            )


def listed_archives(page: str) -> dict[str, Listed]:
    """What the page says, by archive; empty where it links to none."""
    links = list(_LINK.finditer(page))
    ends = [*(link.start() for link in links), len(page)][1:]
    found: dict[str, Listed] = {}
    for link, end in zip(links, ends, strict=True):
        name, rest = link[1].lower(), page[link.end() : end]
        before = found.get(name, Listed(name, "", ""))  # a row may link twice: once its month, once "download"
        md5, size = _MD5.search(rest), _SIZE.search(re.sub(r"<[^>]*>", " ", rest))
        found[name] = Listed(
            name, before.md5 or (md5[0].lower() if md5 else ""), before.size or (size[0] if size else "")
        )
    return found


def listing_of(found: dict[str, Listed], final_url: str) -> Listed:
    """What the page says of the archive that an address led to: of its month, else of the newest.

    Args:
        found: From `listed_archives`.
        final_url: Where the address of the newest archive was redirected to, such as .../2025-06.zip.
    """
    name = re.search(r"(\d{4}-\d{2})\.zip", final_url)
    dated = max((key for key in found if key != LATEST), default="")
    for key in (name[1] if name else "", LATEST, dated):
        if key in found and (found[key].md5 or key == dated):
            return found[key]
    return Listed(name[1] if name else LATEST, "", "")
