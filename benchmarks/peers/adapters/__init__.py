"""One process a peer, each run in an environment of its own."""
