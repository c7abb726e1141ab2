"""What is written down of a team in one SQLite file: people, rights, collections, keys, a log."""
