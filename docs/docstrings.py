"""How this package's lists of parameters become reStructuredText, which is what the rest of its docstrings is."""

import re


def to_restructured_text(text: str) -> str:
    """A docstring whose list of parameters, a line ``names : meaning`` for each, is a list under a heading."""
    heading = re.search(r"^Parameters\n-+\n", text, flags=re.MULTILINE)
    if heading is None:
        return text
    listed, *after = re.split(r"\n\n(?=\S)", text[heading.end() :], maxsplit=1)
    items = re.sub(r"^(\w[\w, ]*) : ", _item, listed, flags=re.MULTILINE)
    field = ":Parameters:\n" + "\n".join(f"    {line}".rstrip() for line in items.splitlines())
    return "\n\n".join([text[: heading.start()].rstrip(), field, *after])


def _item(match: re.Match[str]) -> str:
    names = ", ".join(f"``{name}``" for name in match[1].split(", "))
    return f"{names}\n    "
