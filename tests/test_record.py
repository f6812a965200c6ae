"""Videos, GIFs, strips and pages of episodes."""

import re
import subprocess

import imageio.v3 as imageio
import imageio_ffmpeg
import numpy as np
import pytest

from sakana_envs.tools.record import record, video, write_video
from sakana_envs.tools.record.rollout import Rollout

SMALL = {"agents": 4, "height": 12, "width": 18, "horizon": 5}
TRUE_COLOURS = [(230, 159, 0), (16, 20, 28), (0, 158, 115), (255, 255, 255)]


def flat_frames(count=9, height=32, width=48):
    """Frames of four large squares, one of which wanders."""
    for index in range(count):
        frame = np.empty((height, width, 3), dtype=np.uint8)
        frame[:] = TRUE_COLOURS[1]
        frame[8:16, 8:16] = TRUE_COLOURS[0]
        frame[16:24, 8:16] = TRUE_COLOURS[2]
        frame[8:16, 16 + index : 24 + index] = TRUE_COLOURS[3]
        yield frame


def probe(path):
    """What ffmpeg says of a file."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    return subprocess.run(command, capture_output=True, text=True).stderr


def test_mp4_plays_in_browsers(tmp_path):
    write_video(tmp_path / "a.mp4", flat_frames(height=31, width=47), fps=30)
    said = probe(tmp_path / "a.mp4")
    assert "h264" in said and "yuv420p" in said and "48x32" in said and "30 fps" in said
    read = imageio.imread(tmp_path / "a.mp4", plugin="FFMPEG")
    assert read.shape == (9, 32, 48, 3)
    for (row, col), colour in {(12, 12): TRUE_COLOURS[0], (20, 12): TRUE_COLOURS[2], (4, 4): TRUE_COLOURS[1]}.items():
        assert np.abs(read[-1, row, col].astype(int) - colour).max() <= 12
    index = (tmp_path / "a.mp4").read_bytes()
    assert index.index(b"moov") < index.index(b"mdat")  # it begins to play before all of it is there


def test_gif_keeps_colours_exactly(tmp_path):
    write_video(tmp_path / "a.gif", flat_frames(), fps=20)
    read = imageio.imread(tmp_path / "a.gif")[..., :3]
    assert read.shape == (9, 32, 48, 3)
    for frame, wanted in zip(read, flat_frames(), strict=True):
        np.testing.assert_allclose(frame.astype(int), wanted.astype(int), atol=3)
    data = (tmp_path / "a.gif").read_bytes()
    assert b"NETSCAPE2.0" in data  # it begins again at its end


def test_strip_shows_first_and_last(tmp_path):
    for count in (1, 5, 6, 14, 100):
        frames = [np.full((4, 6, 3), index, dtype=np.uint8) for index in range(count)]
        write_video(tmp_path / "a.png", frames)
        shown = imageio.imread(tmp_path / "a.png")[0, :: 6 + 4, 0]
        assert len(shown) == min(count, video.STRIP)
        assert shown[0] == 0 and shown[-1] == count - 1 and (np.diff(shown.astype(int)) > 0).all()


def test_frames_are_written_as_they_come(tmp_path):
    """Whoever makes the frames may use the same memory for all of them."""

    def frames():
        frame = np.zeros((16, 16, 3), dtype=np.uint8)
        for index in range(6):
            frame[:] = 40 * index
            yield frame

    for name in ("a.mp4", "a.gif", "a.png"):
        write_video(tmp_path / name, frames())
        read = imageio.imread(tmp_path / name, **({"plugin": "FFMPEG"} if name == "a.mp4" else {}))
        values = read[0, ::20, 0] if name == "a.png" else read[:, 8, 8, 0]
        np.testing.assert_allclose(values.reshape(len(values), -1)[:, 0], 40 * np.arange(6), atol=4)


def test_wrong_videos(tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.mp4, \.gif, \.png - did you mean '\.mp4'"):
        write_video(tmp_path / "a.mp5", flat_frames())
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        write_video(tmp_path / "nowhere" / "a.mp4", flat_frames())
    with pytest.raises(ValueError, match=r"fps of a \.gif must be frames per second, more than 0 and at most 50"):
        write_video(tmp_path / "a.gif", flat_frames(), fps=60)
    with pytest.raises(ValueError, match="fps"):
        write_video(tmp_path / "a.mp4", flat_frames(), fps=0)
    for name in ("a.mp4", "a.gif", "a.png"):
        with pytest.raises(ValueError, match="no frames"):
            write_video(tmp_path / name, [])
        with pytest.raises(ValueError, match="must be of one size"):
            write_video(tmp_path / name, [np.zeros((4, 4, 3), np.uint8), np.zeros((4, 6, 3), np.uint8)])
        with pytest.raises(ValueError, match=r"must be \(height, width, 3\) uint8"):
            write_video(tmp_path / name, [np.zeros((4, 4, 3))])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("count", [2, 40])
@pytest.mark.parametrize("name", ["a.mp4", "a.gif", "a.png"])
def test_file_that_cannot_be_written(tmp_path, name, count):
    (tmp_path / name).mkdir()
    with pytest.raises(OSError, match=re.escape(str(tmp_path / name))):
        write_video(tmp_path / name, flat_frames(count, 256, 256))


def test_missing_library_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "imageio_ffmpeg", None)
    with pytest.raises(ImportError, match=r'pip install "sakana-envs\[video\]"'):
        write_video(tmp_path / "a.gif", flat_frames())


@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
def test_record_of_several_worlds(tmp_path, name):
    outcomes = record(tmp_path / name, "Forage-Continuous", worlds=3, camera={"size": (96, 120), "trails": 3}, **SMALL)
    assert len(outcomes) == 3 and outcomes[0].length == 5
    read = imageio.imread(tmp_path / name, **({"plugin": "FFMPEG"} if name == "a.mp4" else {}))
    assert len(read) == 6 and read.shape[1] <= 96 and read.shape[2] <= 120
    assert (read[0] != read[-1]).any()


def test_record_of_ticks_and_episodes(tmp_path):
    assert record(tmp_path / "a.gif", "Forage", ticks=3, **SMALL) == []
    assert len(imageio.imread(tmp_path / "a.gif")) == 4
    assert len(record(tmp_path / "a.gif", "Forage", episodes=2, policy="random", **SMALL)) == 2
    assert len(imageio.imread(tmp_path / "a.gif")) == 12


def test_record_leaves_the_worlds_alone(tmp_path):
    seen = []
    rollout = Rollout("Forage", seed=4, **SMALL)
    plain = [scenes[0].row for scenes in rollout.ticks()]

    def watch(scenes, total):
        assert total == 6
        for each in scenes:
            seen.append(each[0].row)
            yield each

    record(tmp_path / "a.gif", "Forage", seed=4, camera={"show_view": True, "follow": 0}, progress=watch, **SMALL)
    np.testing.assert_array_equal(seen, plain)


def test_page(tmp_path):
    record(tmp_path / "a.html", "PredatorPrey", policy="random", seed=11, **SMALL)
    text = (tmp_path / "a.html").read_text()
    assert "PredatorPrey-Discrete" in text and "predator" in text and not re.search(r'src="https?://', text)
    with pytest.raises(ValueError, match="one episode of one world, got 2 worlds"):
        record(tmp_path / "b.html", "Forage", worlds=2, **SMALL)


def test_what_went_wrong_leaves_everything_as_it_was(tmp_path):
    def broken(observations):
        raise RuntimeError("no idea")

    for name in ("a.mp4", "a.gif", "a.png", "a.html"):
        (tmp_path / name).write_text("an older one")
        with pytest.raises(RuntimeError, match="no idea"):
            record(tmp_path / name, "Forage", policy=broken, **SMALL)
        with pytest.raises(TypeError, match="no option 'zooom' - did you mean 'zoom'"):
            record(tmp_path / name, "Forage", camera={"zooom": 3}, **SMALL)
        assert (tmp_path / name).read_text() == "an older one"
    assert len(list(tmp_path.iterdir())) == 4
