"""The leak corpus: each sample is what it claims to be, and what the detector makes of it is what should come of it."""

import pytest

from tests.leaks import KINDS, Kind
from tests.leaks.proof import doubts

NAMED = [pytest.param(kind, id=f"{kind.producer}-{kind.name}".replace(" ", "-")) for kind in KINDS]


@pytest.mark.parametrize("kind", NAMED)
def test_a_sample_is_what_it_claims_to_be(kind: Kind) -> None:
    assert doubts(kind) == []
    assert kind.told.endswith(".") and len(kind.told) > 20
