"""The rules, one module a feed (the two ONS feeds share one).

What lives here: rules as data. What does not: anything that runs them.
"""
