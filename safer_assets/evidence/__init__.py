"""What a figure may be said to show: pure statistics on arrays.

What is here: typed, vectorised functions, one idea a module; arrays in, arrays out, shapes and units in each docstring.
What is not: databases, Dagster, drawing, and the words that a grade is told in (dbt_like_sql/marts, board/).
"""
