"""What a figure may be said to show: pure statistics on arrays and frames.

What is here: typed, vectorised functions, one idea a module, with shapes and units in each docstring; the last steps of
computed models; the rules of the grade. What is not: databases, Dagster, drawing.
"""
