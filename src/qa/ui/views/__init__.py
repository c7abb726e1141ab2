"""Turn answers, documents and evaluations into the HTML of the panes.

A module for each kind of thing shown; it puts records into plain values, and the templates in
`ui/templates/` say what the page looks like. Pure functions.
"""
