"""The London Datastore: the Metropolitan Police's files, found anew at every refresh.

What is here: which datasets are wanted, where their listing answers, and fetching. What is not: the format of the files
(feeds/mps_*.py).
"""
