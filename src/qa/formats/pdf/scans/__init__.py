"""Read the text on pictures of pages: with OCR, or not at all."""
