"""What is particular to a board: its calendar of deadlines, and the pack its papers are written from.

What is here: dates and documents. What is not: figures (dbt_like_sql) and their pictures (charts/).
"""
