"""Other ways to ask documents offline, beside ours: same weights, documents and questions."""
