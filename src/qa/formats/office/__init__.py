"""Word, PowerPoint and Excel files: parse the XML parts of their archives.

In come bytes; out go text and structure.
"""
