"""The core of publish, without pages: history, records, checks, index, log, one feed, and the seal."""

import gc
from pathlib import Path

from publisher.examine import examine_commit
from publisher.formats import feeds
from publisher.git import Repository
from publisher.publish import Seal, index_of, seal
from publisher.signatures.keys import generate_private_key, load_private_key


def main() -> None:
    """Do it once in the repository of the working folder; write nothing."""
    gc.set_threshold(100_000, 20, 20)  # as the command does
    repository = Repository.find(Path.cwd())
    repository.require_whole()
    commit = repository.resolve("HEAD")
    examined = examine_commit(repository, commit)
    if examined.errors:
        raise SystemExit(str(examined.findings[:3]))
    index = index_of(repository, commit, examined)
    files = {"index.json": index.to_bytes()}
    files["feed.atom"] = feeds.main_feed(index, {})
    signer = load_private_key(generate_private_key("bench"))
    seal(files, index.log, Seal(signer=signer, key_lists={}, trusted=False))


if __name__ == "__main__":
    main()
