"""Frames into files: ``.mp4`` for browsers, small ``.gif``, and a ``.png`` strip of some of them.

Frames are written as they come, so a video takes no more memory than a few frames. Needs imageio and its ffmpeg:
``pip install "sakana-envs[video]"``.
"""

import contextlib
import math
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from sakana_envs.core.scalars import plain
from sakana_envs.tools.destination import check_destination

STRIP = 6
"""Frames in a strip."""

_GAP = 4
_MOST_GIF_FPS = 50
"""Browsers play a GIF with more frames per second slowly."""
# Browsers take untagged colours for one of two standards, depending on the size of the picture.
_MP4 = [
    *("-crf", "23", "-preset", "medium", "-movflags", "+faststart"),
    *("-vf", "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int"),
    *("-x264-params", "colormatrix=bt709:colorprim=bt709:transfer=bt709"),
]


def write_video(path: str | Path, frames: Iterable[np.ndarray], fps: float = 15) -> None:
    """Write frames, each (height, width, 3) uint8 of one size, into a file of the kind that its suffix says.

    ``fps`` is frames per second, up to 240, for a GIF up to 50. A ``.png`` shows six of the frames, from the first to
    the last, in a row. Raises as :class:`Video`, and ``ValueError`` if there are no frames.
    """
    with Video(path, fps) as video:
        for frame in frames:
            video.add(frame)


class Video:
    """A file to which frames are added one by one, see :func:`write_video`; it is complete after ``close``.

    Raises ``ImportError`` that says what to install, ``ValueError`` for a suffix, a rate or a frame that can't be, and
    ``FileNotFoundError`` for a folder that there isn't.
    """

    def __init__(self, path: str | Path, fps: float = 15) -> None:
        self.path = check_path(path)
        check_fps(self.path, fps)
        self.fps = fps
        self.frames = 0
        self._shape: tuple[int, ...] = ()
        # What was there before stays until the new file is whole.
        self._part = self.path.with_name(f"{self.path.stem}.part{self.path.suffix}")
        self._file = _KINDS[self.path.suffix](self._part, fps)

    def add(self, frame: np.ndarray) -> None:
        """Add a frame, (height, width, 3) uint8."""
        if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8:
            raise ValueError(f"a frame must be (height, width, 3) uint8, got {frame.shape} {frame.dtype}")
        if self.frames and frame.shape != self._shape:
            raise ValueError(
                f"frame {self.frames} is {frame.shape}, the first one {self._shape}: all must be of one size"
            )
        self._shape = frame.shape
        self._file.add(frame)
        self.frames += 1

    def close(self) -> None:
        """Complete the file."""
        if not self.frames:
            self.discard()
            raise ValueError(f"{self.path} would have no frames")
        self._file.close()
        self._part.replace(self.path)

    def discard(self) -> None:
        """Leave everything as it was before."""
        self._file.discard()
        self._part.unlink(missing_ok=True)

    def __enter__(self) -> "Video":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.discard()
            return
        try:
            self.close()
        except OSError:
            self.discard()
            raise


def check_path(path: str | Path, more: Iterable[str] = ()) -> Path:
    """``path`` if its suffix is a kind of file that can be written, or one of ``more``, and a file can be there."""
    path = Path(path)
    check_destination(path, [*_KINDS, *more])
    return path


def check_fps(path: Path, fps: float) -> None:
    """Raise ``ValueError`` for frames per second that can't be."""
    most = _MOST_GIF_FPS if path.suffix == ".gif" else 240
    number = plain(fps)
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not 0 < number <= most:
        raise ValueError(
            f"fps of a {path.suffix} must be frames per second, more than 0 and at most {most}, got {fps!r}"
        )


def _imported(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(f'videos and pictures need {name}: pip install "sakana-envs[video]" ({error})') from None


def _ffmpeg(*options: str) -> list[str]:
    exe = _imported("imageio_ffmpeg").get_ffmpeg_exe()
    return [exe, "-hide_banner", "-loglevel", "error", "-y", *options]


class _Encoded:
    """Frames piped into ffmpeg."""

    def __init__(self, path: Path, fps: float, *options: str) -> None:
        self._path = path
        self._fps = fps
        self._command = _ffmpeg("-f", "rawvideo", "-pix_fmt", "rgb24")
        self._options = options
        self._process: subprocess.Popen | None = None

    def add(self, frame: np.ndarray) -> None:
        # Chroma of half the resolution needs even sides.
        odd = [side % 2 for side in frame.shape[:2]]
        if any(odd):
            frame = np.pad(frame, [(0, odd[0]), (0, odd[1]), (0, 0)], mode="edge")
        if self._process is None:
            shape = ["-s", f"{frame.shape[1]}x{frame.shape[0]}", "-r", str(self._fps), "-i", "-"]
            command = [*self._command, *shape, *self._options, str(self._path)]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(np.ascontiguousarray(frame).data)
        except BrokenPipeError:
            self.close()

    def close(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        said = process.communicate()[1].decode(errors="replace").strip()
        if process.returncode:
            raise OSError(f"{self._path} can't be written: {said}")

    def discard(self) -> None:
        if self._process is not None:
            self._process.kill()
            with contextlib.suppress(OSError):
                self.close()


class _Mp4(_Encoded):
    def __init__(self, path: Path, fps: float) -> None:
        super().__init__(path, fps, "-c:v", "libx264", "-pix_fmt", "yuv420p", *_MP4)


class _Gif:
    """Frames kept on disk without loss, until all their colours are known: a GIF has 256 for all frames together."""

    def __init__(self, path: Path, fps: float) -> None:
        _imported("imageio_ffmpeg")
        self._path = path
        self._folder = tempfile.TemporaryDirectory(prefix="sakana-")
        self._kept = Path(self._folder.name) / "frames.mkv"
        self._frames = _Encoded(self._kept, fps, "-c:v", "ffv1", "-pix_fmt", "bgr0", "-g", "1")

    def add(self, frame: np.ndarray) -> None:
        self._frames.add(frame)

    def close(self) -> None:
        self._frames.close()
        palette = str(self._kept.with_name("palette.png"))
        self._run("-vf", "palettegen=stats_mode=full", "-update", "1", palette)
        apply = "paletteuse=dither=none:diff_mode=rectangle"
        self._run("-i", palette, "-lavfi", apply, "-loop", "0", str(self._path))
        self._folder.cleanup()

    def _run(self, *options: str) -> None:
        done = subprocess.run(_ffmpeg("-i", str(self._kept), *options), capture_output=True, text=True)
        if done.returncode:
            raise OSError(f"{self._path} can't be written: {done.stderr.strip()}")

    def discard(self) -> None:
        self._frames.discard()
        self._folder.cleanup()


class _Strip:
    """Every n-th frame is kept; n doubles whenever that are more than twice as many as the strip shows."""

    def __init__(self, path: Path, fps: float) -> None:
        self._imageio = _imported("imageio.v3")
        self._path = path
        self._kept: list[np.ndarray] = []
        self._every = 1
        self._seen = 0
        self._last = np.empty(0)

    def add(self, frame: np.ndarray) -> None:
        self._last = frame
        if self._seen % self._every == 0:
            self._kept.append(frame.copy())
            if len(self._kept) > 2 * STRIP:
                self._kept = self._kept[::2]
                self._every *= 2
        self._seen += 1

    def close(self) -> None:
        if (self._seen - 1) % self._every:
            self._kept.append(self._last)
        count = min(STRIP, len(self._kept))
        chosen = [self._kept[math.floor(index * (len(self._kept) - 1) / max(1, count - 1))] for index in range(count)]
        gap = np.full((chosen[0].shape[0], _GAP, 3), 255, dtype=np.uint8)
        parts = [part for frame in chosen for part in (frame, gap)][:-1]
        self._imageio.imwrite(self._path, np.concatenate(parts, axis=1))

    def discard(self) -> None:
        self._kept.clear()


_KINDS: dict[str, Any] = {".mp4": _Mp4, ".gif": _Gif, ".png": _Strip}
