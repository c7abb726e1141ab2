"""Read a folder of files as documents with their text and structure, or say why one cannot be.

Files are hostile until read: that happens in processes of their own. Knows nothing of passages
or the index.
"""
