"""Drafts: propose gold questions from indexed documents, for a person to review.

In come the sentences of a store; out go questions with their answers, questions without one, and
the file of those a person kept.
"""
