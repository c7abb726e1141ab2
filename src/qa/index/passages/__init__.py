"""Divide documents into passages and sentences, and find the passages' vectors."""
