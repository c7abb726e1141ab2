"""The page in the browser: show answers, sources, documents and evaluations.

In come a person's clicks and words; out goes HTML. The only package that knows Gradio.
"""
