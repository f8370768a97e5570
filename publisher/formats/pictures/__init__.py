"""Pictures as numbers: each module works out where things stand; a template under `templates/pictures/` draws them.

Nothing here depends on how long a name is or on whose it is: exchange two parties' names, and only the names move.
"""
