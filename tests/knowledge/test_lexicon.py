"""The words of a register."""

import tempfile
from pathlib import Path

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.lexicon import Lexicon, bare_name, builtin_aliases, people_of, tokenizer
from knowledge.models import Post, Power, Register
from knowledge.text import normalise, plain


@pytest.fixture(scope="module")
def lexicon(waimao: Register) -> Lexicon:
    return Lexicon(waimao, builtin_aliases())


def of_names(*names: str) -> Register:
    powers = [Power(position=position, name=name) for position, name in enumerate(names, start=1)]
    return Register(title="清单", powers=tuple(powers))


# ── segmentation ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("进口贴息的流程", ["进口", "贴息", "的", "流程"]),
        ("谁负责二手车出口", ["谁", "负责", "二手车", "出口"]),
        ("赵思聪负责什么", ["赵思聪", "负责", "什么"]),
        ("曹丽君和杜雨潇", ["曹丽君", "和", "杜雨潇"]),
        ("两用物项许可找谁", ["两用物项许可", "找", "谁"]),
        ("化肥配额初审", ["化肥配额", "初审"]),
        ("机电和非机电有什么不同", ["机电", "和", "非", "机电", "有", "什么", "不同"]),
        ("外贸运行处管哪些事项", ["外贸运行处", "管", "哪些", "事项"]),
        ("", []),
    ],
)
def test_a_sentence_is_cut_into_words(lexicon: Lexicon, text: str, words: list[str]) -> None:
    assert lexicon.cut(text) == words


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x9FFF) | st.sampled_from("进口贴息的流程谁负责非机电")))
def test_the_words_of_a_text_are_the_text(lexicon: Lexicon, text: str) -> None:
    assert "".join(lexicon.cut(normalise(text))) == normalise(text)


def test_names_units_aliases_and_words_of_questions_are_words(waimao: Register) -> None:
    lexicon = Lexicon(waimao, {"甲乙丙": "进口贴息"}, words=["戊己庚"])
    for word in ("路海轩", "外贸运行处", "甲乙丙", "戊己庚"):
        assert lexicon.cut(f"问{word}吗") == ["问", word, "吗"]
        assert lexicon.is_word(word)
    assert lexicon.is_word("流程")
    assert lexicon.is_word("许可")  # which jieba's dictionary takes for a person
    assert not lexicon.is_word("程流")


def test_the_tokenizer_that_all_of_jieba_shares_is_not_touched(lexicon: Lexicon) -> None:
    lexicon.cut("谁负责二手车出口")
    assert lexicon.segmenter is not jieba.dt
    assert not jieba.dt.initialized
    assert "路海轩" not in jieba.dt.FREQ


def test_the_cache_lies_in_the_given_folder_and_not_in_the_shared_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, shared = tmp_path / "own", tmp_path / "shared"
    own.mkdir()
    shared.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(shared))
    made = tokenizer(["路海轩"], own)
    assert list(made.cut("找路海轩", HMM=False)) == ["找", "路海轩"]
    assert "jieba-2.cache" in {file.name for file in own.iterdir()}
    assert not list(shared.iterdir())


def test_the_cache_lies_in_the_user_s_cache_folder_otherwise(lexicon: Lexicon, cache_home: Path) -> None:
    lexicon.cut("贴息")
    assert (cache_home / "lianzheng" / "jieba-2.cache").is_file()


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_is_known_with_all_posts(lexicon: Lexicon) -> None:
    assert lexicon.people["赵思聪"] == [
        (9, "外贸运行处经办人"),
        (12, "外贸运行处经办人"),
        (16, "外贸运行处检查人员"),
    ]
    assert [at for at, role in lexicon.people["曹丽君"] if role == "responsible"] == list(range(1, 18))
    assert [at for at, role in lexicon.people["曹丽君"] if role == "外贸运行处负责人"] == [1, 8]


def test_everybody_of_the_register_is_known(lexicon: Lexicon) -> None:
    assert set(lexicon.people) == {"曹丽君", "路海轩", "杜雨潇", "常宇", "赵思聪", "刘博", "孙钰程", "郑苑"}
    assert set(lexicon.units) == {"外贸运行处"}


def test_people_of_a_power_are_told_by_role() -> None:
    posts = (Post(role="经办人", people=("赵思聪", "常宇（挂职）")),)
    power = Power(position=1, name="检查", posts=posts, responsible=("处长：曹丽君",))
    assert people_of(power) == [("赵思聪", "经办人"), ("常宇", "经办人"), ("曹丽君", "responsible")]


@pytest.mark.parametrize(
    ("printed", "name"),
    [("曹丽君", "曹丽君"), ("处长：曹丽君", "曹丽君"), ("曹丽君（挂职）", "曹丽君"), ("曹丽君(兼) ", "曹丽君")],
)
def test_a_name_is_known_without_role_and_remark(printed: str, name: str) -> None:
    assert bare_name(printed) == name


# ── aliases ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_alias_holds_for_every_name_that_has_its_piece() -> None:
    register = of_names("二手车出口备案", "进口贴息项目", "二手车进口备案")
    aliases = Lexicon(register, {"旧车": "二手车", "贴息": "进口贴息", "没有": "基金"}).aliases
    assert aliases == {"旧车": {1, 3}, "贴息": {2}}


def test_an_alias_never_holds_for_a_negated_name() -> None:
    register = of_names("机电产品进口许可", "非机电产品进口许可")
    lexicon = Lexicon(register, {"机电证": "机电产品", "非机电证": "非机电产品", "两种证": "机电产品|非机电"})
    assert lexicon.aliases == {"机电证": {1}, "非机电证": {2}, "两种证": {1, 2}}
    assert lexicon.aliases_of[1] == ["机电证", "两种证"]
    assert lexicon.aliases_of[2] == ["非机电证", "两种证"]


def test_an_alias_holds_where_its_piece_also_stands_unnegated() -> None:
    assert Lexicon(of_names("非机电和机电产品许可"), {"机电证": "机电"}).aliases == {"机电证": {1}}


def test_every_alias_names_a_power_of_the_builtin_register(waimao: Register, lexicon: Lexicon) -> None:
    names = [plain(power.name) for power in waimao.powers]
    for alias, pieces in builtin_aliases().items():
        assert lexicon.aliases[plain(alias)]
        for piece in pieces.split("|"):
            assert any(plain(piece) in name for name in names), f"{alias}: {piece}"


@pytest.mark.parametrize(
    ("alias", "positions"),
    [
        ("二手车", {9}),
        ("贴息", {15}),
        ("两用物项许可", {1}),
        ("自动许可", {2, 3}),
        ("机电证", {2}),
        ("非机电自动许可", {3}),
        ("国营贸易", {4}),
        ("化肥配额", {5}),
        ("易制毒", {8}),
        ("基金退出", {10}),
        ("担保平台", {11}),
        ("信保", {14}),
    ],
)
def test_what_people_really_call_the_powers_is_known(lexicon: Lexicon, alias: str, positions: set[int]) -> None:
    assert lexicon.aliases[alias] == positions


def test_aliases_of_one_register_hold_for_no_other(wenlv: Register) -> None:
    titles = {
        alias: {wenlv.power(at).title for at in held}
        for alias, held in Lexicon(wenlv, builtin_aliases()).aliases.items()
    }
    assert "贴息" not in titles
    assert titles.get("双随机") == {"行政检查"}
