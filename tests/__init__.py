"""The tests. `python -m tests.second_auditor CLONE SITE` is an auditor of its own, written from docs/format.md."""
