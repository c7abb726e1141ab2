"""Commands for a team: serve it, and look after its people, collections, rights and keys."""
