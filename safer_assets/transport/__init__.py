"""HTTP that a publisher cannot hurt: limits, retries, resumed downloads, single members of a remote archive.

What is here: the one client. What is not: any publisher, any address, and what is done with a file (publishers/).
"""
