"""The settings: one TOML file, read once at the start, frozen; unknown keys are refused by name."""

import contextlib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from platformdirs import user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from knowledge.errors import ConfigError

FILE_NAME = "config.toml"

_TOKEN = re.compile(r"\d+:[\w-]+")
_PROXIES = ("http", "https", "socks5", "socks5h")
# What stands in these keys is never repeated in a message.
_SECRET = ("secret_token", "proxy")


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Storage(_Section):
    """Where the data lie."""

    database: Path = Field(default_factory=lambda: user_data_path("lianzheng", appauthor=False) / "lianzheng.db")


class Conversation(_Section):
    """How long a follow-up may refer to what was said before."""

    memory_minutes: float = Field(default=30, gt=0, le=24 * 60, strict=True)


class Webhook(_Section):
    """Where Telegram's deliveries arrive when ``telegram.mode`` is ``webhook``."""

    listen: str = "127.0.0.1"
    port: int = Field(default=8443, ge=1, le=65535, strict=True)
    url: str = ""  # what Telegram calls; its path is the path that is served
    secret_token: str = Field(default="", repr=False, max_length=256, pattern="^[A-Za-z0-9_-]*$")
    certificate: Path | None = None  # with its key: TLS without a proxy
    key: Path | None = None

    @model_validator(mode="after")
    def _certificate_with_key(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate 和 key 要一起写，或都不写")
        return self


class Telegram(_Section):
    """How the bot talks with Telegram; the token is no setting (see ``telegram_token``)."""

    mode: Literal["polling", "webhook"] = "polling"
    base_url: str = "https://api.telegram.org/bot"
    base_file_url: str = "https://api.telegram.org/file/bot"
    proxy: str = Field(default="", repr=False)  # it may hold a password
    token_file: Path | None = None
    messages_per_second: float = Field(default=30, gt=0, strict=True)
    stale_minutes: float = Field(default=60, gt=0, strict=True)
    webhook: Webhook = Field(default_factory=Webhook)

    @field_validator("proxy")
    @classmethod
    def _proxy_is_an_address(cls, proxy: str) -> str:
        try:
            parts = urlsplit(proxy)
            valid = parts.scheme in _PROXIES and parts.hostname and parts.port and not re.search(r"\s", proxy)
        except ValueError:  # the port is no number
            valid = False
        if proxy and not valid:
            raise ValueError("应像 http://127.0.0.1:7890 或 socks5://127.0.0.1:1080")
        return proxy

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Self:
        if self.mode == "webhook" and not (self.webhook.url and self.webhook.secret_token):
            raise ValueError("mode 是 webhook 时，webhook.url 和 webhook.secret_token 都要写")
        return self

    @property
    def secrets(self) -> list[str]:
        """What must not get into a log."""
        with contextlib.suppress(ValueError):  # written so wrongly that no password can be told from the rest
            return [self.proxy, urlsplit(self.proxy).password or "", self.webhook.secret_token]
        return [self.proxy, self.webhook.secret_token]


class Access(_Section):
    """Who may ask from the start; admins let in others in the chat itself. Nobody else is told anything."""

    admins: tuple[StrictInt, ...] = ()
    users: tuple[StrictInt, ...] = ()
    chats: tuple[StrictInt, ...] = ()


class Limits(_Section):
    """How many questions are answered within a minute."""

    user_per_minute: int = Field(default=60, ge=1, strict=True)
    chat_per_minute: int = Field(default=240, ge=1, strict=True)


class Records(_Section):
    """How long it is kept who asked what."""

    retention_days: float = Field(default=180, gt=0, strict=True)


class Settings(_Section):
    """All settings with their defaults; ``config.example.toml`` explains each."""

    storage: Storage = Field(default_factory=Storage)
    conversation: Conversation = Field(default_factory=Conversation)
    telegram: Telegram = Field(default_factory=Telegram)
    access: Access = Field(default_factory=Access)
    limits: Limits = Field(default_factory=Limits)
    records: Records = Field(default_factory=Records)


TOKEN_VARIABLE = "LIANZHENG_TELEGRAM_TOKEN"  # noqa: S105 - the variable's name, no secret


def telegram_token(settings: Telegram, environment: Mapping[str, str]) -> str:
    """Return the bot's token: from the environment, else from ``token_file``.

    Raises:
        ConfigError: there is none, or the file can't be read.
    """
    token = environment.get(TOKEN_VARIABLE, "").strip()
    if not token and settings.token_file is not None:
        try:
            token = settings.token_file.read_text("utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"读不了存放 token 的文件 {settings.token_file}，请检查路径和权限。") from error
    if not token:
        raise ConfigError(
            f"没有 Telegram 的 token：请把 @BotFather 给的 token 放进环境变量 {TOKEN_VARIABLE}，"
            "或写进一个文件并在 telegram.token_file 里指明。"
        )
    if not _TOKEN.fullmatch(token):
        raise ConfigError("Telegram 的 token 写法不对，应像 123456:ABC…，请从 @BotFather 的消息里整段复制。")
    return token


def settings_file(named: Path | None) -> Path | None:
    """Return the file that the settings are in: ``named``, else ``config.toml`` here or in the user's configuration
    folder; ``None`` where there is none and the defaults hold.
    """
    if named is not None:
        return named
    places = (Path(FILE_NAME), user_config_path("lianzheng", appauthor=False) / FILE_NAME)
    return next((place for place in places if place.is_file()), None)


def load_settings(named: Path | None) -> Settings:
    """Return the settings in the file that ``settings_file`` finds.

    Raises:
        ConfigError: the file is missing, no TOML, or a key or value is not allowed.
    """
    file = settings_file(named)
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
    if error["type"] == "value_error":
        return f"{key}：{error['msg'].removeprefix('Value error, ')}。"
    limits = error.get("ctx", {})
    allowed = {
        "greater_than": f"应大于 {limits.get('gt')}",
        "less_than_equal": f"不应超过 {limits.get('le')}",
        "float_parsing": "应是数字",
        "float_type": "应是数字",
        "path_type": "应是文件路径（加引号的文字）",
        "model_type": "应是一个小节（[…]）",
        "int_type": "应是整数",
        "tuple_type": "应是用方括号括起来的一列编号",
        "string_type": "应是加引号的文字",
        "string_pattern_mismatch": "只能用字母、数字、_ 和 -",
        "literal_error": f"可用的有 {limits.get('expected', '')}",
        "greater_than_equal": f"不应小于 {limits.get('ge')}",
    }.get(error["type"], error["msg"])
    value = "" if error["loc"][-1] in _SECRET else f" {error['input']!r} "
    return f"{key} 的值{value}不对，{allowed}。"
