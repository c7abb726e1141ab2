"""An index in a folder: SQLite and FAISS files, generation by generation."""
