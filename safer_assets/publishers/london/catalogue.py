"""Asking the London Datastore for the listings of datasets, at the first address that answers.

What is here: the order of addresses, and remembering which answered. What is not: reading an answer (listing.py)
and what is done with it (london.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from safer_assets.errors import FetchError
from safer_assets.publishers.book import Entry
from safer_assets.publishers.desk import Desk
from safer_assets.publishers.london.datasets import ASB, DATASETS, Dataset
from safer_assets.publishers.london.listing import Listing, UnknownShapeError, read_listing

PUBLISHER = "london_datastore"
LISTING_LIMIT = 64 << 20  # the catalogue of all datasets is 11 MB


@dataclass
class Listings:
    """Listings asked for in one go; an address that answers for several datasets is asked once.

    Attributes:
        catalogues: Whether the catalogue of all datasets may be asked for, which is 11 MB.
    """

    desk: Desk
    catalogues: bool = True
    answers: dict[str, object] = field(default_factory=dict)

    def of(self, dataset: Dataset) -> Listing:
        """The dataset as it is listed now, from the address that answered last time, else from the first that does.

        Raises:
            FetchError: None answers with a listing; says what each answered.
        """
        book, key = self.desk.book, f"{PUBLISHER}/{dataset.slug}"
        known = book.get(key)
        templates = [
            template
            for template in self.desk.addresses.several("london_dataset_listings")
            if self.catalogues or "{" in template
        ]
        if known and "{" in known.url:  # a catalogue of all datasets is the last resort, also where it answered last
            templates.sort(key=lambda template: template != known.url)
        id = dataset.id or (known.about.get("id", "") if known else "")
        problems = []
        for template in templates:
            try:
                listing = self._read(template, dataset, id)
            except (FetchError, UnknownShapeError) as error:
                problems.append(f"{template}: {error}")
                continue
            if known and known.url not in ("", template) and "{" in known.url:
                self.desk.say(f"{dataset.what}: its listing has moved from {known.url} to {template}.")
            about = {**(known.about if known else {}), "id": listing.id}
            book.note(key, Entry(url=template, fetched_at=datetime.now(UTC), about=about))
            return listing
        raise FetchError(
            f"{dataset.what}: no address answers with the dataset's listing. Open its page "
            f"({self.desk.addresses['london_datastore']}/dataset/{dataset.slug}) and correct london_dataset_listings "
            f"in [addresses] of partnership.toml. Each address and what it brought: {' | '.join(problems)}"
        )

    def _read(self, template: str, dataset: Dataset, id: str) -> Listing:
        address = template.replace("{id}", id or dataset.slug).replace("{slug}", dataset.slug)
        if address not in self.answers:
            self.answers[address] = self.desk.http.get_json(address, limit=LISTING_LIMIT)
        base = self.desk.addresses["london_datastore"]
        return read_listing(self.answers[address], base, id=id, slug=dataset.slug, called=dataset.called)


def datasets(desk: Desk) -> Iterator[Dataset]:
    """The table's, with the page of anti-social behaviour as the addresses have it."""
    for dataset in DATASETS:
        if dataset is not ASB:
            yield dataset
            continue
        slug = desk.addresses["london_asb_page"].rstrip("/").rpartition("/")[2]
        id = re.search(r"-([a-z0-9]{5})$", slug)  # new pages end in their dataset's id, as e5n6w's does
        yield replace(dataset, slug=slug, id=id[1] if id else "")
