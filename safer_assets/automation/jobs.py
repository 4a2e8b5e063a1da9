"""The jobs: one refresh of a board, and months of street crime again.

What is here: which assets each job has. What is not: what starts them.
"""

import dagster as dg

from safer_assets.graph.raw import STREET, raw_key

# A run from the command line has no code location, and Dagster 1.13 keeps it off the job's own page. This is the tag
# that page looks for (repository@location of workspace.yaml). Goes when it does not.
OF_THIS_LOCATION = {".dagster/repository": "__repository__@safer_assets"}

# Where deploy/dagster.yaml has a killed run made again: all of it, since a refresh does nothing twice.
FROM_THE_START = {"dagster/retry_strategy": "ALL_STEPS"}

board_refresh = dg.define_asset_job(
    "board_refresh",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(raw_key(STREET)),
    run_tags=OF_THIS_LOCATION | FROM_THE_START,
    description="Land the source, check it, build the figures, draw the charts, write the meeting's pack. New street "
    "months are loaded and marked on raw/police_uk_street.",
)
street_months = dg.define_asset_job(
    "street_months",
    selection=dg.AssetSelection.assets(raw_key(STREET)),
    description="Load months of street crime again from landing, one partition a month.",
)
