"""Training examples that are made: from others, from claims, or from templates."""
