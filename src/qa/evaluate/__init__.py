"""Measure answers with gold questions, compare runs, and fit the confidence to one's own.

Gold questions come from a file, a BEIR folder or people's feedback.
"""
