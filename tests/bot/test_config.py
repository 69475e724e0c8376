"""The settings file: what is allowed and how what is not is refused."""

from pathlib import Path

import pytest

from bot.config import TOKEN_VARIABLE, Settings, Telegram, load_settings, telegram_token
from knowledge.errors import ConfigError
from tests.conftest import assert_one_sentence


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_settings_are_read_and_what_is_left_out_has_its_default(file: Path) -> None:
    file.write_text('[storage]\ndatabase = "/somewhere/x.db"\n', "utf-8")
    settings = load_settings(file)
    assert settings.storage.database == Path("/somewhere/x.db")
    assert settings.conversation == Settings().conversation
    file.write_text("[conversation]\nmemory_minutes = 1.5\n", "utf-8")
    assert load_settings(file).conversation.memory_minutes == 1.5


def test_a_settings_file_that_notepad_saved_is_read(file: Path) -> None:
    file.write_text("[conversation]\nmemory_minutes = 5\n", "utf-8-sig")
    assert load_settings(file).conversation.memory_minutes == 5


def test_the_default_database_is_that_of_the_user_who_asks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert Settings().storage.database.is_relative_to(tmp_path)


def test_without_a_file_all_settings_have_their_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings(None) == Settings()


def test_the_file_in_the_working_folder_goes_before_that_of_the_user(
    file: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path_factory.mktemp("config")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.chdir(file.parent)
    (home / "lianzheng").mkdir()
    (home / "lianzheng" / "config.toml").write_text("[conversation]\nmemory_minutes = 8\n", "utf-8")
    assert load_settings(None).conversation.memory_minutes == 8
    file.write_text("[conversation]\nmemory_minutes = 7\n", "utf-8")
    assert load_settings(None).conversation.memory_minutes == 7


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('[storage]\ndatabse = "x"\n', ["storage.databse", "可用的有", "database"]),
        ("[telefone]\nx = 1\n", ["telefone", "可用的有", "storage", "conversation"]),
        ("memory_minutes = 5\n", ["memory_minutes", "可用的有"]),
        ("storage = 1\n", ["storage", "小节"]),
        ("[storage]\ndatabase = 5\n", ["storage.database", "5", "文件路径"]),
        ("[conversation]\nmemory_minutes = 0\n", ["conversation.memory_minutes", "大于 0"]),
        ("[conversation]\nmemory_minutes = -1\n", ["conversation.memory_minutes", "大于 0"]),
        ("[conversation]\nmemory_minutes = 1441\n", ["conversation.memory_minutes", "1441", "1440"]),
        ('[conversation]\nmemory_minutes = "soon"\n', ["conversation.memory_minutes", "soon", "数字"]),
        ("[conversation]\nmemory_minutes = [1]\n", ["conversation.memory_minutes", "数字"]),
        ("[conversation]\nmemory_minutes = nan\n", ["conversation.memory_minutes"]),
        ("[conversation]\nmemory_minutes = true\n", ["conversation.memory_minutes", "数字"]),
        ('[conversation]\nmemory_minutes = "5"\n', ["conversation.memory_minutes", "数字"]),
        ('[telegram]\nproxy = "127.0.0.1:7890"\n', ["telegram.proxy", "socks5://"]),
        ('[telegram]\nproxy = "http://"\n', ["telegram.proxy"]),
        ('[telegram]\nproxy = "http://proxy:port"\n', ["telegram.proxy"]),
        ('[telegram]\nproxy = "ftp://127.0.0.1:21"\n', ["telegram.proxy"]),
        ("[conversation\n", ["line 1"]),
        ("[conversation]\nmemory_minutes = 5\nmemory_minutes = 6\n", ["line 3"]),
    ],
)
def test_a_wrong_setting_is_refused_with_its_place_and_what_is_allowed(
    file: Path, content: str, words: list[str]
) -> None:
    file.write_text(content, "utf-8")
    with pytest.raises(ConfigError) as refused:
        load_settings(file)
    message = str(refused.value)
    assert_one_sentence(message)
    for word in (str(file), *words):
        assert word in message


def test_a_file_that_can_not_be_read_is_refused(file: Path) -> None:
    for path in (file, file.parent):
        with pytest.raises(ConfigError) as refused:
            load_settings(path)
        assert_one_sentence(str(refused.value))
        assert str(path) in str(refused.value)
    file.write_bytes("[storage]\n# 数据库\n".encode("gb18030"))
    with pytest.raises(ConfigError) as refused:
        load_settings(file)
    assert_one_sentence(str(refused.value))
    assert "UTF-8" in str(refused.value)


def test_a_refused_proxy_is_not_repeated(file: Path) -> None:
    file.write_text('[telegram]\nproxy = "http://clerk:hush@proxy:port"\n', "utf-8")
    with pytest.raises(ConfigError) as refused:
        load_settings(file)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:7890", "socks5://clerk:hush@proxy.example:1080", ""])
def test_a_proxy_may_have_a_password(file: Path, proxy: str) -> None:
    file.write_text(f'[telegram]\nproxy = "{proxy}"\n', "utf-8")
    assert load_settings(file).telegram.proxy == proxy


# ── the token ────────────────────────────────────────────────────────────────────────────────────────────────

TOKEN = "7000001:AAF-a_token"


def test_the_token_comes_from_the_environment_before_the_file(file: Path) -> None:
    file.write_text("7:other", "utf-8")
    settings = Telegram(token_file=file)
    assert telegram_token(settings, {TOKEN_VARIABLE: f" {TOKEN}\n"}) == TOKEN
    assert telegram_token(settings, {TOKEN_VARIABLE: ""}) == "7:other"


def test_a_token_file_is_read_as_editors_write_it(file: Path) -> None:
    file.write_text(f"{TOKEN}\r\n", "utf-8-sig")
    assert telegram_token(Telegram(token_file=file), {}) == TOKEN


@pytest.mark.parametrize("token", ["secret", "secret:token", f"{TOKEN} secret", "12:se/cret"])
def test_a_token_that_is_none_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(ConfigError) as refused:
        telegram_token(Telegram(), {TOKEN_VARIABLE: token})
    assert_one_sentence(str(refused.value))
    assert "cret" not in str(refused.value)


def test_a_token_file_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone"):
        with pytest.raises(ConfigError) as refused:
            telegram_token(Telegram(token_file=path), {})
        assert_one_sentence(str(refused.value))
        assert str(path) in str(refused.value)


@pytest.mark.parametrize(("key", "content"), [("proxy", "http://u:secret@h"), ("webhook.secret_token", "my secret!")])
def test_a_secret_in_a_wrong_setting_is_not_repeated(file: Path, key: str, content: str) -> None:
    section, _, name = f"telegram.{key}".rpartition(".")
    file.write_text(f'[{section}]\n{name} = ["{content}"]\n', "utf-8")
    with pytest.raises(ConfigError) as refused:
        load_settings(file)
    assert_one_sentence(str(refused.value))
    assert key in str(refused.value)
    assert "secret@" not in str(refused.value)
    assert content not in str(refused.value)
