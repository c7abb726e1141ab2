"""PDF files, and pictures, which are made PDF files first: parse, draw and recognise pages.

In come bytes; out go text, structure and the places of characters on their pages.
"""
