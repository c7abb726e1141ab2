"""Report: turn the records of a run into one HTML page that a person can read.

In come records and comparisons; out goes a page that needs nothing but itself.
"""
