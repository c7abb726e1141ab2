"""Serve the page in the browser: ask, read sources, manage documents, evaluate.

`app` lays it out, `panes` do what a person asks for, `views` and `templates` draw it. The only
package that knows Gradio.
"""
