"""Characters that are taken for one another by their looks: 拔 for 拨 (``look_alikes.txt``)."""

from functools import cache
from importlib import resources


@cache
def _others() -> dict[str, str]:
    lines = resources.files("knowledge").joinpath("look_alikes.txt").read_text("utf-8").splitlines()
    groups = [line for line in lines if not line.startswith("#")]
    return {char: group.replace(char, "") for group in groups for char in group}


def meant_for(char: str) -> str:
    """Return the characters that ``char`` may have been typed for, "" when it is like none."""
    return _others().get(char, "")
