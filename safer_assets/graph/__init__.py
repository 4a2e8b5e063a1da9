"""The Dagster assets, one module a room: thin wrappers that open the warehouse, call the room and report what it did.

What is here: asset keys, dependencies, metadata and check results. What is not: any rule, figure or drawing.
"""

import warnings

import dagster as dg

# Links from an asset to its code are beta in Dagster 1.13, which says so once an asset. Goes when they are not.
warnings.filterwarnings(
    "ignore",
    message=r"(Class `(LocalFile)?CodeReference|Function `with_source_code_references)",
    category=dg.BetaWarning,
)
