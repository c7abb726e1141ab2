"""Have documents read, cut and encoded by many processes, or machines; one builder keeps them."""
