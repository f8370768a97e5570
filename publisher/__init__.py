"""Letterbook publishes a body of letters from a git repository, so that nobody has to take its word for it.

Git is the database. A publication is a pure function of one commit. A signature seals it. Anyone with a
clone can compute it again and compare.

A singular file is a step of the pipeline; a plural folder is a set you may add to.
"""

__version__ = "0.1.0"
