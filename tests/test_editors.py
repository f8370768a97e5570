"""The schemas in an editor: what a YAML language server shows, offers and says, driven over its own protocol."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from publisher import schema
from tests.builders import archive_info, assessment, letter, letter_path, parties, threads, to_yaml
from tests.languages import PROGRAM, Server

ROOT = Path(__file__).parent.parent
SETTINGS: dict[str, Any] = json.loads((ROOT / ".vscode" / "settings.json").read_text("utf-8"))
NAME = "2019-02-18-harbour-to-acme"
PATH = letter_path(NAME)
MODELINE = "# yaml-language-server: $schema=../../../schema/letter.schema.json\n"


def server_in(folder: Path, settings: dict[str, Any]) -> Server:
    if not PROGRAM.exists() or shutil.which("node") is None:
        missing = "the YAML language server is not installed: npm ci --prefix tests/checkers"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    (folder / "schema").mkdir(parents=True)
    for kind in schema.KINDS:
        (folder / "schema" / f"{kind}.schema.json").write_bytes(schema.text(kind))
    return Server(folder, settings)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server in an archive with our settings for VS Code, so that paths alone say which schema is meant."""
    with server_in(tmp_path_factory.mktemp("editor") / "archive", SETTINGS) as found:
        yield found


def test_a_sound_record_of_each_kind_is_not_complained_of(server: Server) -> None:
    records = {
        PATH: letter(NAME),
        f"records/assessments/{NAME}.yaml": assessment(NAME),
        "records/archive.yaml": archive_info(),
        "records/parties.yaml": parties(), "records/threads.yaml": threads(),
    }  # fmt: skip
    for path, document in records.items():
        server.open(path, to_yaml(document))
        assert server.complaints(path) == []
    assert server.reached == ""


@pytest.mark.parametrize("field", ["id", "title", "summary", "thread", "availability"])
def test_hovering_shows_what_a_field_is_for_and_an_example(server: Server, field: str) -> None:
    text = to_yaml(letter(NAME))
    server.open(PATH, text)
    line = next(number for number, row in enumerate(text.splitlines()) if row.startswith(f"{field}:"))
    shown = server.hover(PATH, line, 1).replace("\\", "")
    known = json.loads(schema.text("letter"))["properties"][field]
    assert known["description"].rstrip(".") in shown
    assert str(known["examples"][0]).split("\n")[0] in shown


def test_an_empty_line_offers_the_fields_that_are_left(server: Server) -> None:
    server.open("records/letters/2019/new.yaml", f"id: {NAME}\ntitle: Letter\n\n")
    offered = server.complete("records/letters/2019/new.yaml", 2, 0)
    assert {"kind", "from", "to", "dates", "summary", "questions_extent"} <= set(offered)
    assert not {"id", "title"} & set(offered)


@pytest.mark.parametrize(
    ("field", "values"),
    [("kind", {"letter", "open-letter", "reply"}), ("availability", {"full-text", "excerpt", "described", "reported"})],
)
def test_a_field_with_a_list_of_values_offers_them(server: Server, field: str, values: set[str]) -> None:
    path = f"records/letters/2019/{field}.yaml"
    server.open(path, f"id: {NAME}\n{field}: \n")
    assert values <= set(server.complete(path, 1, len(field) + 2))


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", "2019-02-18 Harbour_to_Acme"), ("thread", "The Harbour")],
)
def test_a_wrong_value_is_told_in_our_words(server: Server, field: str, value: str) -> None:
    path = f"records/letters/2019/wrong-{field}.yaml"
    server.open(path, to_yaml({**letter(NAME), field: value}))
    meant = json.loads(schema.text("letter"))["properties"][field]["patternErrorMessage"]
    assert any(meant in said for said in server.complaints(path))


def test_a_slip_in_the_name_of_a_field_is_told(server: Server) -> None:
    path = "records/letters/2019/slip.yaml"
    server.open(path, to_yaml(letter(NAME)) + "langauge: en\n")
    assert any("langauge" in said for said in server.complaints(path))


@pytest.mark.parametrize("modeline", [MODELINE, ""])
def test_the_first_line_is_enough_without_settings(tmp_path: Path, modeline: str) -> None:
    with server_in(tmp_path / "archive", {"yaml.schemaStore.enable": False}) as plain:
        plain.open(PATH, modeline + to_yaml({**letter(NAME), "id": "Not An Id"}))
        said = plain.complaints(PATH)
        assert any("use only small letters" in each for each in said) == bool(modeline)
        assert plain.reached == ""


def test_the_trap_for_the_network_is_real(tmp_path: Path) -> None:
    """With its own defaults the server asks the network for a catalogue of schemas; without this nothing is shown."""
    with server_in(tmp_path / "archive", {"yaml.schemaStore.enable": True}) as curious:
        curious.open(PATH, to_yaml(letter(NAME)))
        curious.complaints(PATH)
        assert curious.reached != ""


def test_every_kind_of_record_is_mapped_to_its_schema() -> None:
    mapped = {Path(name).name.partition(".")[0] for name in SETTINGS["yaml.schemas"]}
    assert mapped == set(schema.KINDS) - {"index", "withdrawn"}
    assert SETTINGS["yaml.schemaStore.enable"] is False and SETTINGS["redhat.telemetry.enabled"] is False
    assert (SETTINGS["files.eol"], SETTINGS["files.encoding"], SETTINGS["files.insertFinalNewline"]) == (
        "\n",
        "utf8",
        True,
    )


@pytest.mark.parametrize("name", ["settings.json", "extensions.json"])
def test_a_new_archive_gets_the_settings_of_this_one(name: str) -> None:
    seed = ROOT / "publisher" / "seeds" / "dot_vscode" / name
    assert seed.read_bytes() == (ROOT / ".vscode" / name).read_bytes()
