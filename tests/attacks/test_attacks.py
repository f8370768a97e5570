"""Every attack is caught by the one defence that it names and passes without it, and every row has its attacks."""

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from publisher.steps import STEPS
from tests.attacks import ATTACKS, MODULES, ROWS, Attack, Scene
from tests.attacks.defences import DEFENCES
from tests.attacks.memory import CHECKPOINT
from tests.attacks.proofs import judge, proof, record
from tests.attacks.scene import FIRST, Desk
from tests.attacks.servers import serving
from tests.builders import change

ROOT = Path(__file__).parents[2]
TWICE = tuple(attack for attack in ATTACKS if " + " in attack.caught_by)


def name(attack: Attack) -> str:
    return attack.name.replace(" ", "-")


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene.build(tmp_path_factory.mktemp("scene"))


@pytest.mark.parametrize("attack", ATTACKS, ids=name)
def test_an_attack_is_caught_by_one_defence_and_passes_without_it(scene: Scene, attack: Attack) -> None:
    result = attack.run(scene, None)
    assert result.caught and result.by == attack.shows, result
    assert not attack.run(scene, attack.caught_by).caught


@pytest.mark.parametrize("attack", TWICE, ids=name)
def test_of_two_defences_against_one_attack_either_is_enough(scene: Scene, attack: Attack) -> None:
    for one in attack.caught_by.split(" + "):
        assert attack.run(scene, one).caught, one


# -- where nobody attacks --------------------------------------------------------------------------------------


@pytest.fixture
def desk(scene: Scene) -> Iterator[Desk]:
    with scene.desk(None) as desk:
        yield desk


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_true_publication_satisfies_every_auditor(scene: Scene, desk: Desk, number: int) -> None:
    last = scene.sites[2] / CHECKPOINT
    own = scene.lists[number // 2]
    for kept in (*(scene.sites[at] / CHECKPOINT for at in range(number + 1)), scene.sites[number] / "index.json"):
        for clone in (None, scene.clone):
            assert not desk.audit(scene.sites[number], "--since", kept, clone=clone, keys=own).caught
    assert not desk.audit(scene.sites[number], "--newer", last, clone=scene.clone).caught
    assert not desk.audit(scene.sites[number], clone=scene.clone, keys=scene.lists[0]).caught
    assert not desk.audit(scene.sites[number], clone=scene.clone, keys=None).caught


def test_a_true_publication_satisfies_who_fetches_it(scene: Scene, desk: Desk) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        file = scene.sites[2] / request.path.lstrip("/")
        if not file.is_file():
            request.send_error(404)
            return
        request.send_response(200)
        request.end_headers()
        request.wfile.write(file.read_bytes())

    with serving(answer) as address:
        assert not desk.audit(address, "--state", desk.folder / "state", clone=scene.clone).caught
        assert not desk.audit(address, "--state", desk.folder / "state", clone=scene.clone).caught


def test_a_true_proof_satisfies_a_court(desk: Desk) -> None:
    assert not judge(desk, proof(desk), record(desk)).caught


def test_an_honest_pull_request_and_publication_pass(scene: Scene, desk: Desk) -> None:
    archive = desk.archive()
    assert not desk.check(archive.folder).caught
    archive.letter("2019-07-01-harbour-to-acme")
    archive.letter(FIRST, summary="Asks again.", changes=[change("addition"), change("correction")])
    assert not desk.check(archive.folder).caught
    archive.commit()
    assert not desk.check(archive.folder, "--at", "HEAD", "--base", "HEAD~1").caught
    assert desk.publish(archive.folder, "published", "--previous", scene.sites[2]).status == 0
    assert desk.publish(archive.folder).status == 0


# -- the table -------------------------------------------------------------------------------------------------


def table() -> list[list[str]]:
    """Return the cells of the threat table, row by row."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = text.split("| attack | detected by | attacks |\n")[1].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[1:]]


def test_every_row_of_the_table_has_attacks_and_every_attack_a_row() -> None:
    assert [first for first, _, _ in table()] == list(ROWS)
    assert {attack.row for attack in ATTACKS} == set(ROWS)


@pytest.mark.parametrize("cells", table(), ids=lambda cells: cells[0])
def test_a_row_links_the_files_in_which_its_attacks_stand(cells: list[str]) -> None:
    row, detected, links = cells
    files = {attack.move.__module__.rpartition(".")[2] for attack in ATTACKS if attack.row == row}
    assert detected
    assert set(re.findall(r"\]\(tests/attacks/([a-z]+)\.py\)", links)) == files


def test_there_are_many_attacks_each_with_a_name_and_a_sentence() -> None:
    assert len(ATTACKS) >= 40
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
    assert {attack.move.__module__ for attack in ATTACKS} == {module.__name__ for module in MODULES}
    for attack in ATTACKS:
        assert re.fullmatch(r"[A-Z][^\n]{39,}[a-z0-9]\.", attack.told), attack.told


def test_every_defence_that_can_be_taken_away_is_one_that_an_attack_needs() -> None:
    needed = {one for attack in ATTACKS for one in attack.caught_by.split(" + ")}
    assert set(DEFENCES) <= needed
    steps = {f"verify: {step.name}" for step in STEPS}
    assert steps - needed == {"verify: keys", "verify: repository"}, "these two show what other defences found"
