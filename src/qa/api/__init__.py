"""Serve programs and agents: an HTTP interface, and tools by the Model Context Protocol.

`service` does what is asked for, `app` and `routes` make HTTP of it, `agents` tools for agents.
`gate` lets programs in. Does not know the page.
"""
