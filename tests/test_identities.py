"""Before a push, check says which commits show a name, an address or a time zone that is not the archive's own."""

import json
from pathlib import Path
from typing import Any

import pytest

from publisher.reports import REPORTS
from tests.builders import ADDRESS, AUTHOR, Archive, archive_info
from tests.command import Done, letterbook

ROLE = {"name": AUTHOR, "email": ADDRESS}
PERSON = {"NAME": "Ada Example", "EMAIL": "ada@home.example"}
UTC = {"TZ": "UTC"}


def archive_of(folder: Path, *, listed: bool = True) -> Archive:
    found = Archive(folder)
    found.tables()
    if listed:
        found.write("records/archive.yaml", archive_info(identities=[ROLE]))
    found.commit(zone="+0000")
    return found


def commit(archive: Archive, who: dict[str, str], *, zone: str = "+0000") -> str:
    """Commit everything, with other values of GIT_AUTHOR_NAME and the like."""
    archive.git("add", "--all")
    date = f"@{archive.clock} {zone}"
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    archive.git("commit", "--quiet", "--allow-empty", "-m", "x", feed=b"", accept=(0,), **(dates | who))
    return archive.head


def person(*roles: str) -> dict[str, str]:
    return {f"GIT_{role}_{part}": value for role in roles for part, value in PERSON.items()}


def ours() -> dict[str, str]:
    return {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", AUTHOR), ("EMAIL", ADDRESS))}  # fmt: skip


def said(done: Done) -> list[tuple[str, str, str]]:
    rows: list[dict[str, Any]] = json.loads(done.out)["findings"]
    assert all(row["severity"] == "warning" for row in rows) and done.status == 0
    return [(row["code"], row["path"], row["message"]) for row in rows]


def test_the_archives_own_identity_is_not_spoken_of(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "archive")
    base = archive.head
    commit(archive, {})
    assert said(letterbook(archive.folder, "check", "--format", "json", "--base", base, **ours(), **UTC)) == []


@pytest.mark.parametrize(
    ("who", "zone", "expected"),
    [
        (person("AUTHOR"), "+0000", "the author is not among the archive's identities"),
        (person("COMMITTER"), "+0000", "the committer is not among the archive's identities"),
        ({"GIT_AUTHOR_NAME": AUTHOR.upper()}, "+0000", "the author is not among the archive's identities"),
        ({}, "+0545", "the author's time zone is not +0000 and the committer's time zone is not +0000"),
        ({"GIT_AUTHOR_EMAIL": ""}, "+0000", "the author is not among the archive's identities"),
    ],
)
@pytest.mark.parametrize("arguments", [["--base", "HEAD^"], ["--base", "HEAD^", "--at", "HEAD"]])
def test_a_commit_that_shows_somebody_is_named(
    tmp_path: Path, who: dict[str, str], zone: str, expected: str, arguments: list[str]
) -> None:
    archive = archive_of(tmp_path / "archive")
    name = commit(archive, who, zone=zone)
    done = letterbook(archive.folder, "check", "--format", "json", *arguments, **ours(), **UTC)
    where = f"commit {name[:12]}"
    message = f"{where}: {expected}; a commit shows that for ever once it is pushed"
    assert said(done) == [("author-identity", where, message)]


def test_every_commit_of_a_push_is_looked_at(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "archive")
    base = archive.head
    first = commit(archive, person("AUTHOR", "COMMITTER"))
    second = commit(archive, {})
    done = letterbook(archive.folder, "check", "--format", "json", "--base", base, **ours(), **UTC)
    assert [row[1] for row in said(done)] == [f"commit {first[:12]}"] and second != first


@pytest.mark.parametrize("way", ["environment", "configuration", "command", "zone"])
def test_who_would_make_the_next_commit_is_asked_of_git(tmp_path: Path, way: str) -> None:
    archive = archive_of(tmp_path / "archive")
    environment = {**ours(), **UTC}
    if way == "environment":
        environment |= person("AUTHOR", "COMMITTER")
    elif way == "configuration":
        archive.git("config", "user.name", PERSON["NAME"])
        archive.git("config", "user.email", PERSON["EMAIL"])
        environment = {**UTC, "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    elif way == "command":
        archive.git("config", "user.name", AUTHOR)
        archive.git("config", "user.email", ADDRESS)
        settings = f"'user.name={PERSON['NAME']}' 'user.email={PERSON['EMAIL']}'"  # as git -c hands them to a hook
        environment = {**UTC, "HOME": str(tmp_path), "GIT_CONFIG_PARAMETERS": settings}
    else:
        environment["TZ"] = "Asia/Kathmandu"
    archive.letter("2019-02-18-harbour-to-acme")
    archive.git("add", "--all")
    assert said(letterbook(archive.folder, "check", "--format", "json", "--at", "HEAD", **environment)) == []
    for arguments in (["--staged"], []):
        (row,) = said(letterbook(archive.folder, "check", "--format", "json", *arguments, **environment))
        assert row[:2] == ("author-identity", "commit being made")
        assert ("time zone" in row[2]) == (way == "zone")


def test_where_nothing_is_to_be_committed_nobody_is_asked(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "archive")
    for arguments in (["--staged"], []):
        done = letterbook(archive.folder, "check", "--format", "json", *arguments, **person("AUTHOR", "COMMITTER"))
        assert said(done) == []


def test_an_archive_that_lists_nobody_is_not_told_anything(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "archive", listed=False)
    commit(archive, person("AUTHOR", "COMMITTER"), zone="+0545")
    arguments = ["check", "--format", "json", "--base", "HEAD^"]
    assert said(letterbook(archive.folder, *arguments, **person("AUTHOR", "COMMITTER"))) == []


@pytest.mark.parametrize("form", REPORTS)
def test_no_report_repeats_a_name_or_an_address(tmp_path: Path, form: str) -> None:
    archive = archive_of(tmp_path / "archive")
    commit(archive, person("AUTHOR", "COMMITTER"))
    everywhere = person("AUTHOR", "COMMITTER")
    done = letterbook(archive.folder, "check", "--base", "HEAD^", "--format", form, **everywhere, **UTC)
    assert "author-identity" in done.out
    assert not any(word in done.out + done.err for word in ("Ada", "ada@", "home.example"))


@pytest.mark.parametrize(
    ("message", "is_said"),
    [
        ("x\n\nSigned-off-by: Ada Example <ada@home.example>\n", True),
        ("x\n\nCo-authored-by: Ada <ada@home.example>\n", True),
        (f"x\n\nSigned-off-by: {AUTHOR} <{ADDRESS}>\n", False),
        ("Call her at 10:30 on 2019-02-18\n", False),
    ],
)
def test_the_message_of_a_commit_names_nobody_either(tmp_path: Path, message: str, is_said: bool) -> None:
    archive = archive_of(tmp_path / "archive")
    archive.git("commit", "--quiet", "--allow-empty", "-F", "-", feed=message.encode(),
                GIT_AUTHOR_DATE="@1600000000 +0000", GIT_COMMITTER_DATE="@1600000000 +0000")  # fmt: skip
    done = letterbook(archive.folder, "check", "--format", "json", "--base", "HEAD^", **ours(), **UTC)
    where = f"commit {archive.head[:12]}"
    expected = (
        f"{where}: the message holds what looks like a mail address; a commit shows that for ever once it is pushed"
    )
    assert said(done) == ([("author-identity", where, expected)] if is_said else [])
    assert "ada@" not in done.out + done.err
