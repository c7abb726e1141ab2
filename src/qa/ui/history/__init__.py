"""Keep conversations on this machine, so that a person can come back to what was said.

One SQLite file beside an index's generations, which outlives them. Does not know Gradio, or how
an answer is made.
"""
