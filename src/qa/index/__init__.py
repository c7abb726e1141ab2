"""Index: turn documents into an index folder that can be searched.

In come documents; out goes a folder of generations with passages, their vectors and words. Knows
nothing of questions.
"""
