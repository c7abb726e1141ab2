"""Rows and cells: what they are called, which are meant, which of them has the most."""
