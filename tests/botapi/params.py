"""A call's parameters, read from strings as the server reads them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.botapi.errors import bad_request
from tests.botapi.world import File


@dataclass(frozen=True)
class Params:
    """What a call brought: parameters as text (JSON for structures), and files by the name of their part."""

    values: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def integer(self, name: str, default: int = 0) -> int:
        value = self.text(name)
        if not value:
            return default
        try:
            return int(value)
        except ValueError:
            raise bad_request(f'parameter "{name}" must be an integer') from None

    def boolean(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "yes", "1")

    def structure(self, name: str) -> object:
        """A parameter written in JSON; None when it is not there."""
        value = self.text(name)
        if not value:
            return None
        try:
            found: object = json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None
        # an escape may smuggle in half of a character
        if any("\ud800" <= char <= "\udfff" for char in json.dumps(found, ensure_ascii=False)):
            raise bad_request("strings must be encoded in UTF-8")
        return found

    def mapping(self, name: str) -> Mapping[str, object]:
        """A JSON object; an empty one when it is not there."""
        found = self.structure(name)
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise bad_request(f"object expected as {name.replace('_', ' ')}")
        return found

    @property
    def chat_id(self) -> int | None:
        """The number of the chat; None for the name of a channel, which the server has none of.

        Raises:
            ApiError: it is not there.
        """
        value = self.text("chat_id")
        if not value:
            raise bad_request("chat_id is empty")
        return int(value) if value.removeprefix("-").isdecimal() else None

    def file(self, name: str, kept: Mapping[str, File]) -> File | tuple[str, bytes]:
        """A file that was uploaded (its name and content), or one that the server has and that was named by its id."""
        value = self.text(name)
        part = value.removeprefix("attach://") if value.startswith("attach://") else name
        if part in self.files:
            return self.files[part]
        if not value:
            raise bad_request(f"there is no {name} in the request")
        if value not in kept:
            raise bad_request("wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
        return kept[value]
