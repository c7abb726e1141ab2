"""Propose gold questions from indexed documents, and review them with a person."""
