"""dbt_like_sql/ as models: what each file says of itself, what it reads, and how all of it is built in one transaction.

What is here: reading the SQL files and their headers (sql.py), column lineage (lineage.py), building and checking
(build.py). What is not: the SQL itself (dbt_like_sql/) and the Dagster assets made from it (graph/models.py).
"""
