"""Answers: turn a question into an answer in the documents' own words, with its citations.

In come a question and an open index; out goes an answer or an abstention, and how sure it is.
Builds nothing, and knows nothing of the command line or the browser.
"""
