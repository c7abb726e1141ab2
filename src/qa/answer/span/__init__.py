"""Which words are the answer: a span of a sentence, a cell, some sentences, a whole list."""
