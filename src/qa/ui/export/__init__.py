"""Write a conversation down for somebody else: as Markdown, or for a word processor."""
