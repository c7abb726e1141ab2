"""The pages around the collections, made on the server, without scripts."""
