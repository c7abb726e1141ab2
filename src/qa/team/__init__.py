"""Serve a team: who somebody is, and what they may ask, add or look after.

Enters: requests of people and programs. Leaves: each collection's page and interface, to those who
may use it. A collection has a corpus and an index of its own: what somebody may not see is never
searched, so that nothing can tell of it.
"""
