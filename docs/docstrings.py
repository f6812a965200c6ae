"""How this package's docstrings become Markdown: lists of parameters, and names of classes and functions as links."""

import re

import griffe


def to_markdown(text: str) -> str:
    """A docstring with its list of parameters as a Markdown list, and roles such as ``:func:`` as links."""
    text = re.sub(r":(?:class|func|meth|mod):`~?([\w.]+)`", _link, text)
    heading = re.search(r"^(Parameters.*)\n-+\n", text, flags=re.MULTILINE)
    if heading is None:
        return text
    listed, *after = re.split(r"\n\n(?=\S)", text[heading.end() :], maxsplit=1)
    items = re.sub(r"^([\w, ]+) : ", r"- **`\1`**: ", listed, flags=re.MULTILINE)
    return "\n\n".join([f"{text[: heading.start()]}**{heading[1]}**", items, *after])


def _link(match: re.Match[str]) -> str:
    path = match[1]
    return f"[`{path.rpartition('.')[2]}`][{path}]" if path.startswith("sakana_envs.") else f"`{path}`"


class Docstrings(griffe.Extension):
    """Rewrites docstrings as they are read."""

    def on_object(self, *, obj, **_):
        """Rewrite one."""
        if obj.docstring is not None:
            obj.docstring.value = to_markdown(obj.docstring.value)
