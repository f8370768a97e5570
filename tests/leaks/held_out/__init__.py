"""Producers that the detector is never tuned to: whoever works on it looks neither at them nor at their results."""
