"""Safer Assets: from raw crime feeds to a Community Safety Partnership's board pack.

The rooms, in the order data moves, and the one rule between them are in docs/house.md; import-linter holds the rule.
"""
