"""letterbook preview: what a pull request would publish, as pages in a folder and a summary on standard output."""

import sys
import time
from pathlib import Path

from publisher.commands.check import base_of
from publisher.draft import build_of_commit, build_on_disk
from publisher.formats.pages.site import Draft
from publisher.git import Repository
from publisher.preview import kept, summary
from publisher.write import write_new


def preview(*, base: str | None, at: str | None, out: Path) -> int:
    """Write the draft's pages, and print the summary; findings are for 'letterbook check' to judge."""
    repository = Repository.find(Path.cwd())
    repository.require_whole()
    commit, now = base_of(repository, base), int(time.time())
    if at is None:
        built = build_on_disk(repository.root, repository, base=commit, draft=Draft(live=False), now=now)
    else:
        tip = repository.resolve(at)
        draft = Draft(made_from=f"commit {tip}, which is not published", live=False)
        built = build_of_commit(tip, repository, base=commit, draft=draft, now=now)
    files = kept(built.files, built.site)
    write_new(files, out)
    sys.stdout.write(summary(built.site, len(built.findings)))
    left = f", {len(built.files) - len(files)} left out" if len(files) < len(built.files) else ""
    print(f"{out}: a draft of {len(files)} files{left}", file=sys.stderr)
    return 0
