"""What keeps agents from learning a task, found by playing it: ``sakana check``.

Whether a task's rules can be compiled is another matter, and is checked when it is registered.
"""

from sakana_envs.tools.check.report import Finding, Report
from sakana_envs.tools.check.run import check

__all__ = ["Finding", "Report", "check"]
