"""The settings: one TOML file, read once at the start, frozen; unknown keys are refused by name."""

import tomllib
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from knowledge.errors import ConfigError

FILE_NAME = "config.toml"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Storage(_Section):
    """Where the data lie."""

    database: Path = Field(default_factory=lambda: user_data_path("lianzheng", appauthor=False) / "lianzheng.db")


class Conversation(_Section):
    """How long a follow-up may refer to what was said before."""

    memory_minutes: float = Field(default=30, gt=0, le=24 * 60, strict=True)


class Settings(_Section):
    """All settings with their defaults; ``config.example.toml`` explains each."""

    storage: Storage = Field(default_factory=Storage)
    conversation: Conversation = Field(default_factory=Conversation)


def load_settings(file: Path | None) -> Settings:
    """Return the settings in ``file``; without one, of ``config.toml`` here or in the user's configuration folder.

    Raises:
        ConfigError: the file is missing, no TOML, or a key or value is not allowed.
    """
    if file is None:
        places = (Path(FILE_NAME), user_config_path("lianzheng", appauthor=False) / FILE_NAME)
        file = next((place for place in places if place.is_file()), None)
        if file is None:
            return Settings()
    try:
        data = tomllib.loads(file.read_text("utf-8-sig"))  # Notepad writes a byte order mark
    except OSError as error:
        raise ConfigError(f"打不开配置文件 {file}（{error.strerror}），请检查路径和权限。") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"配置文件 {file} 不是 UTF-8 文本，请另存为 UTF-8。") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"配置文件 {file} 的写法有误：{error}；请对照 config.example.toml 修改。") from error
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        raise ConfigError(f"配置文件 {file}：{_told(error.errors()[0])}") from error


def _told(error: ErrorDetails) -> str:
    """Say in one sentence which key is wrong and what is allowed."""
    key = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        section: Any = Settings
        for part in error["loc"][:-1]:
            section = section.model_fields[part].annotation
        return f"没有 {key} 这个设置，可用的有：{'、'.join(section.model_fields)}。"
    limits = error.get("ctx", {})
    allowed = {
        "greater_than": f"应大于 {limits.get('gt')}",
        "less_than_equal": f"不应超过 {limits.get('le')}",
        "float_parsing": "应是数字",
        "float_type": "应是数字",
        "path_type": "应是文件路径（加引号的文字）",
        "model_type": "应是一个小节（[…]）",
    }.get(error["type"], error["msg"])
    return f"{key} 的值 {error['input']!r} 不对，{allowed}。"
