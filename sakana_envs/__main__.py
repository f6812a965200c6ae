"""``python -m sakana_envs``: the command ``sakana``."""

from sakana_envs.tools.command_line import main

if __name__ == "__main__":
    main()
