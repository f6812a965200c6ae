"""``python -m sakana_envs``."""

import json
import sys

import pytest

import sakana_envs
from sakana_envs.__main__ import main
from sakana_envs.tools import doctor


def call(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["sakana_envs", *words])
    main()


def test_list(monkeypatch, capsys):
    call(monkeypatch, "list")
    printed = capsys.readouterr().out
    assert all(id in printed for id in sakana_envs.task_ids())


def test_doctor(monkeypatch, capsys, tmp_path):
    call(monkeypatch, "doctor")
    printed = capsys.readouterr().out
    assert sakana_envs.__version__ in printed and "compiled kernels" in printed and "threads" in printed
    (tmp_path / "file").write_text("a file where the folder should be")
    monkeypatch.setenv("SAKANA_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert "set SAKANA_CACHE_DIR to a folder that can" in doctor.report()


def test_warmup(monkeypatch, capsys):
    call(monkeypatch, "warmup", "Forage")
    printed = capsys.readouterr().out
    assert "Forage-Discrete" in printed and "Forage-Continuous" in printed
    with pytest.raises(SystemExit):
        call(monkeypatch, "warmup", "Forrage")
    assert "did you mean 'Forage'" in capsys.readouterr().err


def test_bench(monkeypatch, tmp_path):
    words = ["bench", "--tasks", "Forage", "--shapes", "512x8", "--repeats", "1", "--ticks", "2", "--speeds-only"]
    call(monkeypatch, *words, "--json", str(tmp_path / "bench.json"))
    speeds = json.loads((tmp_path / "bench.json").read_text())["speeds"]
    assert {row["twin"] for row in speeds} == {"Discrete", "Continuous"}
    with pytest.raises(SystemExit):
        call(monkeypatch, "bench", "--shapes", "3x3")
