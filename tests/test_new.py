"""letterbook new: a letter by questions on a real terminal, and the same letter by flags in one line."""

import io
import os
import stat
import subprocess
from pathlib import Path

import pytest

from publisher.record import parse
from tests.builders import ADDRESS, AUTHOR, Archive, archive_info
from tests.command import LETTERBOOK, files_of, letterbook
from tests.terminal import Person, replay

TRANSCRIPTS = Path(__file__).parent / "transcripts"
ENV = {"PATH": f"{Path(LETTERBOOK).parent}:{os.environ['PATH']}"}
IDENTITY = {"name": AUTHOR, "email": ADDRESS}
HOOK = "#!/bin/sh\nexec letterbook check --staged >&2\n"
FIRST = "2019-02-18-harbour-to-acme"
FLAGS = (
    "--from", "The Lighthouse Trust", "--new-party", "The Lighthouse Trust", "civil-society", "--to", "Acme Optics",
    "--sent", "2019-04-03", "--new-thread", "The lenses of the lighthouse", "--title", "Letter on the lenses",
    "--summary", "Asks whether the lenses of the lighthouse will be kept.",
    "--source", "https://lighthouse.example/letters/1", "--availability", "full-text",
    "--question", "Will the lenses be kept?", "--extent", "complete",
)  # fmt: skip
LETTER = "2019-04-03-the-lighthouse-trust-to-acme-optics"
WRITTEN = [f"records/letters/2019/{LETTER}.yaml", "records/parties.yaml", "records/threads.yaml"]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with one letter, an identity to commit as, and a hook that checks what is staged."""
    made = Archive(tmp_path / "My archive (copy 2)")
    made.tables()
    made.write("records/archive.yaml", archive_info(identities=[IDENTITY]))
    made.letter(FIRST)
    made.commit("Begin the archive", at=1_600_000_000)
    return made


def hook(archive: Archive, text: str = HOOK) -> None:
    """Put a hook before commits."""
    path = archive.folder / ".git" / "hooks" / "pre-commit"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def records(archive: Archive) -> dict[str, bytes]:
    return files_of(archive.folder / "records")


def state(archive: Archive) -> tuple[dict[str, bytes], str, str]:
    """Everything that a refused run leaves alone: files, the index, HEAD."""
    return files_of(archive.folder / "records"), archive.git("ls-files", "--stage"), archive.git("rev-parse", "HEAD")


# -- the whole way ---------------------------------------------------------------------------------------------


@pytest.fixture
def clone(archive: Archive, tmp_path: Path) -> Archive:
    """A colleague's clone of that archive, beside a scan of the letter."""
    made = Archive.__new__(Archive)
    made.folder = archive.clone(tmp_path / "clone of letters")
    archive.git("config", "user.name", AUTHOR)
    archive.git("config", "user.email", ADDRESS)
    hook(made)
    (tmp_path / "scan.pdf").write_bytes(scan())
    return made


def scan() -> bytes:
    """Return a page that hides nothing, the same bytes each time."""
    from reportlab.pdfgen.canvas import Canvas

    page = io.BytesIO()
    canvas = Canvas(page, invariant=True, pageCompression=0)
    canvas.drawString(72, 700, "Will the lenses of the lighthouse be kept?")
    canvas.save()
    return page.getvalue()


def test_a_first_letter_as_a_person_writes_it_is_seen_in_the_feed(clone: Archive) -> None:
    printed = (TRANSCRIPTS / "first-letter.txt").read_text("utf-8")
    assert replay(printed, clone.folder, ENV) == printed
    assert clone.git("status", "--short", "--", "records") == ""


def test_the_same_by_flags_in_one_line_makes_the_same_files(clone: Archive, tmp_path: Path) -> None:
    other = Archive.__new__(Archive)
    other.folder = clone.copy(tmp_path / "other")
    replay((TRANSCRIPTS / "first-letter.txt").read_text("utf-8"), clone.folder, ENV)
    done = letterbook(other.folder, "new", *FLAGS, "--commit", **ENV)
    assert (done.status, sorted(done.out.split())) == (0, sorted(WRITTEN))
    rights = ("--rights", "permission", "--rights-note", "Sent to us by The Lighthouse Trust.")
    assert letterbook(other.folder, "add", "../scan.pdf", "--letter", LETTER, *rights, "--commit", **ENV).status == 0
    assert records(clone) == records(other)
    assert clone.git("rev-parse", "HEAD^{tree}") == other.git("rev-parse", "HEAD^{tree}")
    for each in ("HEAD", "HEAD^"):
        shown = ("log", "-1", "--format=%an %ae %cn %ce %B", each)
        assert clone.git(*shown) == other.git(*shown)


# -- stopping --------------------------------------------------------------------------------------------------


def answers() -> list[str]:
    """Return what is typed in the transcript of a first letter, in its order."""
    printed = (TRANSCRIPTS / "first-letter.txt").read_text("utf-8")
    block = printed.split("$ letterbook add")[0]
    return [row[2:] for row in block.split("\n") if row.startswith("> ")]


def test_ctrl_c_at_every_question_writes_nothing(archive: Archive) -> None:
    before, typed = state(archive), answers()
    printed = (TRANSCRIPTS / "first-letter.txt").read_text("utf-8").split("$ letterbook add")[0]
    parts = printed.split("\n> ")
    for stop in range(1, len(typed)):
        replay("\n> ".join([*parts[:stop], "^C\n"]), archive.folder, ENV)
        assert state(archive) == before, stop
    shown = replay("\n> ".join([*parts[: len(typed)], "^C\n"]), archive.folder, ENV)
    assert "The files are written; nothing was committed." in shown
    assert archive.git("rev-parse", "HEAD") == before[2] and archive.git("ls-files", "--stage") == before[1]
    assert letterbook(archive.folder, "check").status == 0


def test_ctrl_d_and_no_write_nothing(archive: Archive) -> None:
    before = state(archive)
    with Person(archive.folder, "new", *FLAGS[5:]) as person:
        person.sees("Who wrote it?", prompt=True)
        person.sends(b"\x04")
        assert person.ends() == 130
        assert "Nothing was written." in person.screen
    with Person(archive.folder, "new", *FLAGS[5:]) as person:
        person.answers("Who wrote it?", "harbour-institute")
        person.answers("Who else", "")
        person.answers("Write this?", "n")
        assert person.ends() == 0
    assert state(archive) == before


@pytest.mark.parametrize("stream", ["stdin", "stderr"])
def test_without_a_terminal_everything_that_is_missing_is_named_at_once(archive: Archive, stream: str) -> None:
    before = state(archive)
    if stream == "stdin":
        done = letterbook(archive.folder, "new", "--to", "acme-optics", "--sent", "2019")
        assert done.status == 2
        said = done.err
    else:
        with Person(
            archive.folder, "-c", f"{LETTERBOOK} new --to acme-optics --sent 2019 2>said", program="/bin/sh"
        ) as person:
            assert person.ends() == 2
        said = (archive.folder / "said").read_text()
    assert "--from, --thread, --title or --supplied-title, --summary, --source, --availability" in said
    assert said.count("hint:") == 1
    assert state(archive) == before


def test_paths_go_to_standard_output_and_questions_do_not(archive: Archive, tmp_path: Path) -> None:
    folder = archive.folder / "records" / "letters"
    with Person(folder, "new", *FLAGS, out=tmp_path / "out") as person:
        person.answers("Commit it now?", "n")
        assert person.ends() == 0
        assert "\x1b[3" not in person.raw.decode() and "\x1b[1m" not in person.raw.decode()
    assert sorted((tmp_path / "out").read_text().split()) == sorted(WRITTEN)


def test_tab_completes_names_and_ids(archive: Archive) -> None:
    with Person(archive.folder, "new", *FLAGS[5:]) as person:
        person.sees("Who wrote it?", prompt=True)
        person.sends(b"harbour-i\t")
        person.sees("harbour-institute")
        person.sends(b"\r")
        person.sees("= Harbour Institute (harbour-institute)")
        person.sees("Who else wrote it?", prompt=True)
        person.sends(b"Quay\t\r")
        person.sees("= Quayside Capital (quayside-capital)")
        person.interrupts()
        assert person.ends() == 130


def test_a_text_that_is_pasted_with_its_line_breaks_is_one_answer(archive: Archive) -> None:
    flags = list(FLAGS)
    del flags[flags.index("--summary") : flags.index("--summary") + 2]
    with Person(archive.folder, "new", *flags) as person:
        person.sees("What does it say?", prompt=True)
        person.sends(b"\x1b[200~Asks whether the lenses\nof the lighthouse will be kept.\n\x1b[201~\r")
        person.answers("Write this?", "y")
        person.answers("Commit it now?", "n")
        assert person.ends() == 0
    assert b"Asks whether the lenses of the lighthouse will be kept." in archive.read(
        f"records/letters/2019/{LETTER}.yaml"
    )


def test_without_readline_answers_that_are_there_are_shown_and_enter_takes_them(
    archive: Archive, tmp_path: Path
) -> None:
    (tmp_path / "shim").mkdir()
    (tmp_path / "shim" / "readline.py").write_text("raise ImportError\n")
    flags = list(FLAGS[5:])
    del flags[flags.index("--title") : flags.index("--title") + 2]
    with Person(archive.folder, "new", *flags, env={"PYTHONPATH": str(tmp_path / "shim")}) as person:
        person.answers("Who wrote it?", "harbour-institute")
        person.answers("Who else", "")
        person.answers("What is its title", "")
        person.answers("Enter takes: Letter to Acme Optics", "")
        person.answers("Write this?", "y")
        person.answers("Commit it now?", "n")
        assert person.ends() == 0
    assert b'title: "Letter to Acme Optics"' in archive.read(
        "records/letters/2019/2019-04-03-harbour-institute-to-acme-optics.yaml"
    )


# -- slips -----------------------------------------------------------------------------------------------------


def test_every_fault_of_the_flags_is_told_at_once_in_the_words_of_check(archive: Archive) -> None:
    before = state(archive)
    done = letterbook(
        archive.folder, "new", "--from", "harbour institut", "--to", "acme-optics", "--sent", "2019-02-30",
        "--thread", "harbour-dredging", "--title", "x" * 301, "--summary", "Ring +44 20 7946 0000.", "--source",
        "https://a b", "--availability", "excerpt", "--language", "english", "--id", FIRST,
    )  # fmt: skip
    assert done.status == 2
    for said in (
        "did you mean harbour-institute?", '"2019-02-30" is no day: February 2019 has 28 days',
        '"title" has 301 characters, and at most 300 are wanted', "this text holds what looks like a telephone number",
        "write a whole address that starts with https:// or http://, without spaces", "write a language tag such as en",
        "is the id of another letter",
    ):  # fmt: skip
        assert said in done.err
    assert "put it in quotes" not in done.err
    assert state(archive) == before


@pytest.mark.parametrize("address", ["www.lighthouse.example", "lighthouse.example/letters/1", "WWW.x.example/ a"])
def test_an_address_without_https_is_not_taken_for_a_description(archive: Archive, address: str) -> None:
    before = state(archive)
    done = letterbook(archive.folder, "new", *FLAGS, "--source", address)
    is_address = " " not in address
    assert (f"write all of it: https://{address}" in " ".join(done.err.split())) is is_address
    assert (state(archive) == before) is is_address


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\x1b[31mred", "a control character stands in the text: U+001B"),
        ("a\u202eb", "an invisible mark changes the direction in which the text is read: U+202E"),
        ("x" * 10_000, '"summary" has 10000 characters, and at most 2000 are wanted'),
        ("", "cannot do without --summary"),
        ("\udcff", "this holds something that is no text"),
    ],
)
def test_hostile_texts_are_refused_and_do_nothing_to_the_terminal(archive: Archive, text: str, said: str) -> None:
    before = state(archive)
    flags = list(FLAGS)
    flags[flags.index("--summary") + 1] = text
    done = letterbook(archive.folder, "new", *flags)
    assert done.status == 2 and said in done.err
    assert "\x1b" not in done.err and "\u202e" not in done.err
    assert state(archive) == before


def test_hostile_answers_on_a_terminal_are_asked_again(archive: Archive) -> None:
    flags = list(FLAGS)
    del flags[flags.index("--summary") : flags.index("--summary") + 2]
    with Person(archive.folder, "new", *flags) as person:
        person.answers("What does it say?", "")
        person.sees("is empty")
        person.types("a\u202eb")
        person.replaces("U+202E", "y" * 10_000)
        person.replaces("at most 2000 are wanted", "Asks.")
        person.answers("Write this?", "99")
        person.answers("type y, n, or a number", "y")
        person.answers("Commit it now?", "perhaps")
        person.answers("type y for yes", "n")
        assert person.ends() == 0
        assert "\u202e" not in person.screen.replace("> a\u202eb", "")
    assert letterbook(archive.folder, "check").status == 0


def test_a_fault_that_only_the_whole_archive_shows_can_be_put_right_before_writing(archive: Archive) -> None:
    before = state(archive)
    flags = [*FLAGS, "--reply-to", FIRST]
    flags[flags.index("--sent") + 1] = "2018"
    done = letterbook(archive.folder, "new", *flags)
    assert done.status == 1 and "error[reply-before-letter]" in done.err and "nothing was written" in done.err
    assert state(archive) == before
    del flags[flags.index("--summary") : flags.index("--summary") + 2]
    with Person(archive.folder, "new", *flags) as person:
        person.answers("What does it say?", "Asks.")
        person.answers("Write this?", "y")
        person.sees("this reply is dated 2018")
        assert state(archive) == before
        person.answers("Write this?", "3")
        person.answers("When was it written", "2019-04")
        person.answers("How is that date known?", "inferred")
        person.answers("Write this?", "y")
        person.answers("Commit it now?", "n")
        assert person.ends() == 0
    assert letterbook(archive.folder, "check").status == 0


def test_ids_are_never_given_twice(archive: Archive) -> None:
    flags = [text.replace("2019-04-03", "2019-02-18") for text in FLAGS]
    for _ in range(3):
        assert letterbook(archive.folder, "new", *flags, "--no-commit").status == 0
        flags = ["--from", "the-lighthouse-trust", *flags[5:]] if "--new-party" in flags else flags
        flags = ["--thread" if text == "--new-thread" else text for text in flags]
    stem = "2019-02-18-the-lighthouse-trust-to-acme-optics"
    names = sorted(path.stem for path in (archive.folder / "records/letters/2019").iterdir())
    assert names == [FIRST, stem, f"{stem}-2", f"{stem}-3"]
    archive.commit()
    (archive.folder / f"records/letters/2019/{stem}-3.yaml").unlink()
    done = letterbook(archive.folder, "new", *flags, "--id", f"{stem}-3")
    assert done.status == 2 and "is the id of another letter" in done.err


def test_a_letter_without_any_date_to_nobody_in_particular(archive: Archive) -> None:
    done = letterbook(
        archive.folder, "new", "--from", "class:Twelve fishing cooperatives", "--to", "public", "--sent", "unknown",
        "--thread", "The dredging of the harbour", "--supplied-title", "Leaflet", "--summary", "Asks nothing.",
        "--source", "A leaflet in the library", "--availability", "full-text", "--extent", "none", "--language", "no",
    )  # fmt: skip
    assert done.status == 0
    path = archive.folder / "records/letters/undated/undated-twelve-fishing-cooperatives-to-public.yaml"
    document = parse(path.read_bytes())[0]
    assert document is not None and document["dates"] == {"sent": {"date": "unknown", "basis": "unknown"}}
    assert letterbook(archive.folder, "check").status == 0


def test_an_archive_without_letters_parties_or_threads_is_begun(tmp_path: Path) -> None:
    empty = Archive(tmp_path / "empty")
    empty.write("records/archive.yaml", archive_info(identities=[IDENTITY]))
    done = letterbook(empty.folder, "new", *FLAGS, "--new-party", "Acme Optics", "company", "--commit")
    assert done.status == 0, done.err
    assert empty.git("log", "--format=%s") == f"Add the letter {LETTER}"
    assert letterbook(empty.folder, "check").status == 0


def test_the_push_goes_to_the_remote_that_there_is(archive: Archive, tmp_path: Path) -> None:
    archive.clone(tmp_path / "clone", "--origin", "letters.example")
    done = letterbook(tmp_path / "clone", "new", *FLAGS, "--commit")
    assert f"git push letters.example HEAD:refs/heads/{LETTER}" in done.err


# -- commits ---------------------------------------------------------------------------------------------------


def test_from_a_folder_below_the_next_steps_begin_at_the_archive(archive: Archive) -> None:
    below = archive.folder / "records" / "letters"
    done = letterbook(below, "new", *FLAGS, "--no-commit", **ENV)
    steps = [line.strip() for line in done.err.split("What to do next:")[1].splitlines() if line.startswith("  ")]
    typed = [line for line in steps if line.startswith(("cd ", "git add "))]
    assert typed[0] == "cd ../.." and typed[1].startswith("git add records/")
    subprocess.run(["sh", "-c", " && ".join(typed)], cwd=below, check=True)
    assert set(WRITTEN) <= set(archive.git("diff", "--cached", "--name-only").split())
    archive.git("reset", "--quiet", "--hard")
    again = letterbook(archive.folder, "new", *FLAGS, "--no-commit", **ENV)
    assert "git add records/" in again.err and "  cd " not in again.err


def test_a_hook_that_refuses_leaves_the_files_and_says_what_to_do(archive: Archive) -> None:
    hook(archive, "#!/bin/sh\necho the hook says no >&2\nexit 1\n")
    before = state(archive)
    done = letterbook(archive.folder, "new", *FLAGS, "--commit")
    assert done.status == 3
    assert "the hook says no" in done.err and "git add records/" in done.err and "Traceback" not in done.err
    assert sorted(done.out.split()) == sorted(WRITTEN)
    assert state(archive)[1:] == before[1:]


def test_what_else_is_staged_stays_out_and_stays_staged(archive: Archive) -> None:
    archive.write("notes.txt", "one\n")
    archive.git("add", "notes.txt")
    archive.write("notes.txt", "two\n")
    archive.write("untracked.txt", "three\n")
    assert letterbook(archive.folder, "new", *FLAGS, "--commit").status == 0
    assert archive.git("show", "--name-only", "--format=", "HEAD").split() == sorted(WRITTEN)
    assert archive.git("status", "--short").split("\n") == ["AM notes.txt", "?? untracked.txt"]
    assert archive.git("show", ":notes.txt") == "one"


def test_the_commit_is_the_archives_own_at_utc_whoever_the_person_is(archive: Archive) -> None:
    archive.git("config", "user.name", "Jane Person")
    archive.git("config", "user.email", "jane@person.example")
    done = letterbook(
        archive.folder, "new", *FLAGS, "--commit", TZ="Asia/Kathmandu", GIT_AUTHOR_NAME="Jane", GIT_DIR="/nowhere"
    )
    assert done.status == 0
    raw = archive.git("cat-file", "commit", "HEAD")
    for role in ("author", "committer"):
        assert any(
            row.startswith(f"{role} {AUTHOR} <{ADDRESS}> ") and row.endswith(" +0000") for row in raw.split("\n")
        )
    assert "Jane" not in raw and "jane" not in raw


def test_a_person_whose_own_name_would_be_published_is_warned(archive: Archive) -> None:
    archive.git("config", "user.name", "Jane Person")
    archive.git("config", "user.email", "jane@person.example")
    done = letterbook(archive.folder, "new", *FLAGS, "--no-commit")
    assert done.status == 0 and "Jane Person <jane@person.example>, which is none of the archive" in " ".join(
        done.err.split()
    )
    archive.git("config", "user.name", AUTHOR)
    archive.git("config", "user.email", ADDRESS)
    again = letterbook(archive.folder, "new", *FLAGS[:2], *FLAGS[5:], "--no-commit")
    assert "warning" not in again.err


def test_where_no_commit_can_be_made_none_is_promised(archive: Archive, tmp_path: Path) -> None:
    before = state(archive)
    archive.git("checkout", "--quiet", "--detach")
    done = letterbook(archive.folder, "new", *FLAGS, "--commit")
    assert done.status == 3 and "no branch" in done.err and "git switch main" in done.err
    assert state(archive) == before
    with Person(archive.folder, "new", *FLAGS) as person:
        assert person.ends() == 0
        assert "Not committed: this clone stands on no branch" in person.screen
    nobody = Archive(tmp_path / "nobody")
    nobody.begin()
    done = letterbook(nobody.folder, "new", *FLAGS, "--commit")
    assert done.status == 2 and "names nobody to commit as" in done.err
    assert nobody.git("status", "--short") == ""
    assert letterbook(nobody.folder, "new", *FLAGS).status == 0


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_an_unborn_head_gets_its_first_commit(tmp_path: Path, object_format: str) -> None:
    unborn = Archive(tmp_path / "unborn", object_format=object_format)
    unborn.tables()
    unborn.write("records/archive.yaml", archive_info(identities=[IDENTITY]))
    unborn.git("add", "--all")
    assert letterbook(unborn.folder, "new", *FLAGS, "--commit").status == 0
    assert unborn.git("rev-list", "--count", "HEAD") == "1"
    assert unborn.git("show", "--name-only", "--format=", "HEAD").split() == sorted(WRITTEN)
