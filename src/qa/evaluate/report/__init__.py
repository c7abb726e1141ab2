"""Turn the records of a run into one HTML page that a person can read.

What the page looks like is said in `templates/`.
"""
