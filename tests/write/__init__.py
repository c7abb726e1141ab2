"""Tests of `qa.write`."""
