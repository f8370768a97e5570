"""The held-out producers: their samples are what they claim to be, and what becomes of them is recorded as it is."""

import pytest

from tests.leaks import Kind, require
from tests.leaks.held_out import HELD_OUT
from tests.leaks.judge import judge
from tests.leaks.proof import doubts

NAMED = [pytest.param(kind, id=f"{kind.producer}-{kind.name}".replace(" ", "-")) for kind in HELD_OUT]


@pytest.mark.parametrize("kind", NAMED)
def test_a_held_out_sample_is_what_it_claims_to_be(kind: Kind) -> None:
    require(kind.producer)
    assert doubts(kind) == []


@pytest.mark.parametrize("kind", NAMED)
def test_what_becomes_of_a_held_out_sample(kind: Kind) -> None:
    require(kind.producer)
    judged = judge(kind)
    assert judged.right, (kind.verdict, judged.errors, judged.warnings)
