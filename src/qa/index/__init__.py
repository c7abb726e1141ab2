"""Turn documents into an index folder that can be searched.

`build` goes through the steps; what it makes is a folder of generations, each with passages, their
vectors and their words. Knows nothing of questions.
"""
