"""Decide what is said when the answer is not simply one: versions that differ, several things."""
