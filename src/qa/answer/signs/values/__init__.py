"""Numbers, dates and amounts: which a text has, and whether they are of the kind asked for."""
