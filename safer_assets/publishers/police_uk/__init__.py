"""data.police.uk: the archive, of which only our force's new months are read, and the API where the archive lags.

What is here: both publishers and their decisions. What is not: the format of the files (feeds/police_uk*.py).
"""
