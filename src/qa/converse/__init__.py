"""Understand a turn of a conversation: what is asked, of what; small talk; what a document is."""
