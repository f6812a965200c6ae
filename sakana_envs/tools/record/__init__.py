"""Episodes in files: videos, GIFs and pages to look at, and replays, which prove that the same bytes come out again."""

from sakana_envs.tools.record.episodes import record
from sakana_envs.tools.record.video import write_video

__all__ = ["record", "write_video"]
