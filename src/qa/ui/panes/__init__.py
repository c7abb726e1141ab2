"""Do what a person asks for in each of the page's panes, and return what to show.

A class for each pane, safe to use from several threads. `ui.events` reads what browsers send,
`ui.views` draws. Does not know Gradio.
"""
