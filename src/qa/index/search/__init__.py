"""Find rows quickly: passages with a question's words, passages with the nearest vectors."""
