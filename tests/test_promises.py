"""The page on promises names tests that exist, and the faults of ``mutations.py`` are faults of the code as it is."""

import re
from pathlib import Path

from mutations import FAULTS, ROOT

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "promises.md").read_text()


def test_every_proof_exists():
    proofs = re.findall(r"`(test_\w+\.py)::(\w+)`", PAGE)
    assert len(proofs) > 40
    for file, test in proofs:
        assert f"def {test}(" in (TESTS / file).read_text(), f"{file}::{test}"


def test_every_fault_can_be_made():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 30
    for fault in FAULTS:
        assert fault.right in (ROOT / "sakana_envs" / fault.file).read_text(), fault.name
        assert fault.wrong != fault.right, fault.name
        for test in fault.tests.split(" -k ")[0].split():
            assert (TESTS / test).is_file(), fault.name
