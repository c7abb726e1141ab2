"""Documents: turn a folder of files into documents with their text and structure.

In come paths; out go parsed documents, and a reason for each file that was not read. Files are
read in processes of their own. Knows nothing of passages or the index.
"""
