"""What answering and building need of an index, wherever it is kept, and how one is opened."""
