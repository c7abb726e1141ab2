"""Say from the words alone what speaks for and against a sentence, and which words of it answer."""
