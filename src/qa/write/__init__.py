"""Write prose from passages with a model of the user's, and strike what they do not support."""
