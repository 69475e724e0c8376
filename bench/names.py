"""The names to search among: the built-in register's, those of a file, and any number made of them."""

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from knowledge.lexicon import Lexicon, builtin_aliases
from knowledge.models import Power, Register
from knowledge.pinyin import sounds
from knowledge.reading import read_register
from knowledge.store import BUILTIN_REGISTER
from knowledge.text import plain

_SEED = 20261124

# What the prefixes and suffixes of made names are taken from. Many differ by one character: real ones do.
_REGIONS = "广安区 前锋区 岳池县 武胜县 邻水县 华蓥市 高坪区 顺庆区 嘉陵区 南部县 营山县 阆中市"
_STREETS = """
    城东街道 城南街道 城西街道 城北街道 中桥街道 北辰街道 万盛街道 浓洄街道 广福街道 东街街道 西街街道
    新华街道 建设街道 和平街道 双桥街道 石桥街道 龙泉街道 凤凰街道 枣山街道 官盛街道 协兴镇 浓溪镇 悦来镇
    兴平镇 井河镇 花桥镇 龙台镇 肖溪镇 恒升镇 石笋镇 白市镇 大安镇 大龙镇 大有乡 东岳镇 苏溪镇 龙安乡
    崇望乡 彭家乡 穿石乡
"""
_SUFFIXES = """
    （首次） （新办） （变更） （延续） （补办） （注销） （换发） （个人） （企业） （市级权限） （县级）
    （网上办理） （窗口受理）
"""
# For names that come without departments of their own.
_DEPARTMENTS = """
    行政审批局 人社局 交通运输局 税务局 住建局 自然资源和规划局 公安分局 医疗保障局 文广旅局 教科体局 农业农村局
    司法局 卫健局 民政局 市监局 林业局 生态环境局 残联 水务局 应急管理局
"""
_WITH_STREET, _WITH_DEPARTMENT, _WITH_SUFFIX = 0.7, 0.5, 0.6


@dataclass(frozen=True)
class Names:
    """What is searched: ``texts[row]`` holds everything that power ``row`` is called, its name first."""

    texts: list[list[str]]
    builtin: bool = False

    @property
    def size(self) -> int:
        """How many powers there are."""
        return len(self.texts)

    def lexicon(self) -> Lexicon:
        """Return what our own search is built from."""
        if self.builtin:
            return Lexicon(builtin_register(), builtin_aliases())
        powers = tuple(Power(position=row, name=texts[0]) for row, texts in enumerate(self.texts, start=1))
        return Lexicon(Register(title="bench", powers=powers), {})


def builtin_register() -> Register:
    """Return the register that ships with the program."""
    with resources.as_file(resources.files("knowledge") / "registers" / BUILTIN_REGISTER) as file:
        return read_register(file)


def builtin() -> Names:
    """Return the built-in register's names and aliases."""
    lexicon = Lexicon(builtin_register(), builtin_aliases())
    texts = [[power.title, *lexicon.aliases_of.get(power.position, ())] for power in lexicon.register.powers]
    return Names(texts, builtin=True)


def of_file(path: Path) -> tuple[Names, list[str]]:
    """Return the names in the first column of a tab-separated file, and what its second column holds.

    Names that differ from an earlier one in marks or blanks only are left out.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if row and row[0].strip()]
    departments = sorted({row[1].strip().removeprefix("区") for row in rows if len(row) > 1})
    names: dict[str, str] = {}
    for row in rows:
        names.setdefault(plain(row[0]), row[0].strip())
    return Names([[name] for name in names.values()]), departments


def made(bases: Sequence[str], departments: Sequence[str], count: int) -> Names:
    """Return ``count`` names made of ``bases``: a region, street and department before, a suffix behind."""
    rng = random.Random(_SEED)
    regions, streets, suffixes = _REGIONS.split(), _STREETS.split(), _SUFFIXES.split()
    departments = departments or _DEPARTMENTS.split()
    names: dict[str, str] = {}
    while len(names) < count:
        name = rng.choice(regions)
        if rng.random() < _WITH_STREET:
            name += rng.choice(streets)
        if rng.random() < _WITH_DEPARTMENT:
            name += rng.choice(departments)
        name += rng.choice(bases)
        if rng.random() < _WITH_SUFFIX:
            name += rng.choice(suffixes)
        names.setdefault(sounds(plain(name)), name)
    return Names([[name] for name in names.values()])
