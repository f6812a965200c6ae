"""The page on promises names tests that exist."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "promises.md").read_text()


def test_every_proof_exists():
    proofs = re.findall(r"`(test_\w+\.py)::(\w+)`", PAGE)
    assert len(proofs) > 40
    for file, test in proofs:
        assert f"def {test}(" in (TESTS / file).read_text(), f"{file}::{test}"
