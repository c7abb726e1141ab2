"""The same chat model behind each peer: what each answers, refuses and cites."""
