"""What is kept on disk: whole, from nobody else, and said to be compiled only when it is."""

import os
import stat
from types import SimpleNamespace

import pytest
from numba import njit

from sakana_envs.core import disk_cache
from sakana_envs.tools.doctor import report

permissions = pytest.mark.skipif(os.name == "nt", reason="other permissions")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder of the cache."""
    root = tmp_path / "above" / "cache"
    monkeypatch.setenv("SAKANA_CACHE_DIR", str(root))
    return disk_cache.folder()


def test_what_is_kept_comes_back(folder):
    assert disk_cache.load("a") is None and not disk_cache.obstacle()
    disk_cache.save("a", b"payload")
    disk_cache.save("empty", b"")
    assert disk_cache.load("a") == b"payload" and disk_cache.load("empty") == b""
    disk_cache.save("a", b"another")
    assert disk_cache.load("a") == b"another"
    assert sorted(path.name for path in folder.iterdir()) == ["a", "empty"]


def test_what_is_damaged_or_renamed_is_not_read(folder):
    disk_cache.save("a", b"payload")
    whole = (folder / "a").read_bytes()
    for damaged in (b"", whole[:-1], whole + b"x", whole[:-1] + b"?", whole[10:]):
        (folder / "a").write_bytes(damaged)
        assert disk_cache.load("a") is None
    (folder / "b").write_bytes(whole)
    (folder / "a").write_bytes(whole)
    assert disk_cache.load("a") == b"payload" and disk_cache.load("b") is None


def test_nothing_damaged_is_unpickled(folder, monkeypatch):
    @njit
    def five():
        return 5

    disk_cache.attach(five, "five")
    assert five() == 5
    (file,) = folder.glob("five-*.kernel")
    file.write_bytes(file.read_bytes()[:-1] + b"?")

    def loads(payload):
        raise AssertionError("unpickled")

    monkeypatch.setattr(disk_cache.pickle, "loads", loads)
    again = njit(five.py_func)
    disk_cache.attach(again, "five")
    assert again() == 5
    assert disk_cache.load(file.name)


def give_away(path, monkeypatch):
    """Let a file or folder belong to another user."""
    if os.geteuid() == 0:
        os.chown(path, 12345, 12345)
    else:
        user = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: user + 1)


@pytest.fixture
def shared_group(monkeypatch):
    """Every group has other members."""
    monkeypatch.setattr(disk_cache, "_is_private", lambda group: False)


def share(path):
    """Let a file or folder belong to a group that isn't the administrators'."""
    if path.stat().st_gid == 0:
        os.chown(path, -1, 12345)


@permissions
@pytest.mark.parametrize("mode", [0o602, 0o620, 0o666])
def test_a_file_that_others_can_write_is_not_read(folder, mode, shared_group):
    disk_cache.save("a", b"payload")
    share(folder / "a")
    (folder / "a").chmod(0o644)
    assert disk_cache.load("a") == b"payload"
    (folder / "a").chmod(mode)
    assert disk_cache.load("a") is None


@permissions
def test_a_file_of_another_user_is_not_read(folder, monkeypatch):
    disk_cache.save("a", b"payload")
    monkeypatch.setattr(disk_cache, "distrust", lambda place: "")
    assert disk_cache.load("a") == b"payload"
    give_away(folder / "a", monkeypatch)
    assert disk_cache.load("a") is None


@permissions
def test_what_is_no_file_is_not_read(folder):
    disk_cache.save("a", b"payload")
    (folder / "b").mkdir()
    os.mkfifo(folder / "c")  # whoever opens it to read waits for one who writes
    assert disk_cache.load("b") is None and disk_cache.load("c") is None


@permissions
@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize(
    ("mode", "trusted"), [(0o755, True), (0o757, False), (0o775, False), (0o1777, False), (0o1775, False)]
)
def test_a_folder_that_others_can_write_is_not_trusted(folder, level, mode, trusted, shared_group):
    """The folder itself, the one that was chosen, and one above."""
    disk_cache.save("a", b"payload")
    place = (folder, *folder.parents)[level]
    share(place)
    place.chmod(mode)
    # Where others can't remove what isn't theirs they may write beside it.
    trusted = trusted or bool(mode & stat.S_ISVTX and level)
    assert (disk_cache.load("a") == b"payload") == trusted
    assert bool(disk_cache.obstacle()) != trusted
    if not trusted:
        assert f"others can write into {place}: chmod go-w {place}" in report()
        disk_cache.save("b", b"payload")
        assert not (folder / "b").exists()


@permissions
@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_folder_of_another_user_is_not_trusted(folder, level, monkeypatch):
    disk_cache.save("a", b"payload")
    place = (folder, *folder.parents)[level]
    give_away(place, monkeypatch)
    assert disk_cache.load("a") is None and "belongs to another user" in report()


@permissions
def test_a_link_leads_to_a_folder_that_is_looked_at(folder, tmp_path, monkeypatch):
    disk_cache.save("a", b"payload")
    link = tmp_path / "link"
    link.symlink_to(folder.parent)
    monkeypatch.setenv("SAKANA_CACHE_DIR", str(link))
    assert disk_cache.load("a") == b"payload"
    folder.parent.chmod(0o757)
    assert disk_cache.load("a") is None and f"chmod go-w {folder.parent}" in report()


@permissions
def test_new_folders_are_this_users_alone(folder):
    before = os.umask(0)
    try:
        disk_cache.save("a", b"payload")
    finally:
        os.umask(before)
    assert [stat.S_IMODE(place.stat().st_mode) for place in (folder, *folder.parents[:2])] == [0o700] * 3
    assert disk_cache.load("a") == b"payload"


@permissions
@pytest.mark.parametrize(
    ("group", "members", "private"),
    [("ann", [], True), ("ann", ["ann"], True), ("ann", ["ann", "bob"], False), ("staff", [], False)],
)
def test_a_users_own_group_is_nobody_else(monkeypatch, group, members, private):
    import grp
    import pwd

    monkeypatch.setattr(pwd, "getpwuid", lambda user: SimpleNamespace(pw_gid=7, pw_name="ann"))
    monkeypatch.setattr(grp, "getgrgid", lambda number: SimpleNamespace(gr_name=group, gr_mem=members))
    assert disk_cache._others_can_write(SimpleNamespace(st_mode=0o775, st_gid=7)) != private
    assert disk_cache._others_can_write(SimpleNamespace(st_mode=0o777, st_gid=7))
    assert disk_cache._others_can_write(SimpleNamespace(st_mode=0o775, st_gid=8))


def test_a_tilde_is_the_users_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("SAKANA_CACHE_DIR", "~/kernels")
    assert disk_cache.folder().parent == tmp_path / "kernels"


@pytest.fixture
def timers(monkeypatch):
    """What stands in for timers: those that were started, with what they would do."""
    made = []

    class Timer:
        def __init__(self, seconds, function):
            self.function, self.state = function, "made"
            made.append(self)

        def start(self):
            self.state = "started"

        def cancel(self):
            self.state = "cancelled"

    monkeypatch.setattr(disk_cache, "Timer", Timer)
    return made


def attached(function):
    dispatcher = njit(function)
    disk_cache.attach(dispatcher, "nine")
    return dispatcher


def nine():
    return 9


def test_compiling_is_announced_only_when_it_compiles(folder, timers, capsys):
    assert attached(nine)() == 9
    (timer,) = timers
    assert timer.state == "cancelled"
    timer.function()
    assert capsys.readouterr().err == f"sakana_envs: compiling nine (once; kept in {folder})\n"
    assert attached(nine)() == 9
    assert len(timers) == 1  # loaded


def test_an_error_ends_the_announcement(folder, timers):
    with pytest.raises(Exception, match="undefined"):
        attached(lambda: undefined)()  # noqa: F821
    assert [timer.state for timer in timers] == ["cancelled"]


def test_compiling_is_announced_without_a_disk(tmp_path, monkeypatch, timers, capsys):
    (tmp_path / "file").write_text("a file where the folder should be")
    monkeypatch.setenv("SAKANA_CACHE_DIR", str(tmp_path / "file"))
    for number in (1, 2):
        assert attached(nine)() == 9
        assert len(timers) == number
    timers[0].function()
    said = capsys.readouterr().err
    assert f"compiling nine (not kept, since {tmp_path / 'file'}" in said and "can't be written" in said


def test_it_is_said_why_a_kernel_is_not_kept(folder, timers, capsys):
    def odd():
        return os is os

    attached(odd)()
    timers[0].function()
    assert "compiling nine (not kept, since odd uses os, a module)" in capsys.readouterr().err
