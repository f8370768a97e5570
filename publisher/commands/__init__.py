"""One module a command: a small function that takes typed values and returns an exit status."""
