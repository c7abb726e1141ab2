"""Measurements of speed and memory; run alone on the machine, with `make bench`."""
