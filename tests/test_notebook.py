"""The notebook runs from top to bottom on a plain CPU, and what it trains has learned."""

import json
from pathlib import Path

import matplotlib
import pytest

import sakana_envs

NOTEBOOK = Path(__file__).resolve().parent.parent / "examples" / "first_steps.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def test_it_is_kept_without_what_it_printed():
    ids = [cell["id"] for cell in CELLS]
    assert len(set(ids)) == len(ids)
    for cell in CELLS:
        assert cell["cell_type"] == "markdown" or (not cell["outputs"] and cell["execution_count"] is None)


@pytest.mark.slow
def test_its_cells_run_in_order_and_teach_more_than_can_be_had_without_looking(monkeypatch, tmp_path, capsys):
    matplotlib.use("Agg")
    monkeypatch.chdir(tmp_path)
    shown = []
    monkeypatch.setattr("matplotlib.pyplot.show", lambda: shown.append(True))
    here = {"__name__": "__main__"}
    for number, cell in enumerate(CELLS):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"cell {number}", "exec"), here)
    assert len(shown) == 2 and "49,152 agent-steps: score 0." in capsys.readouterr().out
    assert here["curve"][0] < 0.25
    assert here["curve"][-1] > sakana_envs.references("Targets")["blind"].score
    assert not [*tmp_path.iterdir()]
