"""Serve on an address of this machine, and let in only what may come in.

Enters: applications, each with its gate. Leaves: answers to what was let in. Does not know what
is served: the page or the interface for programs.
"""
