"""How characters sound: toneless syllables, latin input cut into syllables, initials.

A syllable is compared through its *code*, one character, so that texts of sounds are plain strings of the same
length as the characters they stand for, and string libraries work on them.
"""

import os
from functools import lru_cache

# Phrase tables cost 0.1 s at import and serve tones and rare readings, which toneless syllables don't need.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PINYIN_DICT

# First code point of the codes: Unicode's private use area, which holds no character of any text.
_FIRST_CODE = 0xE000

# The syllables of standard Mandarin as typed without tones (v for ü).
_SYLLABLES = frozenset(
    """
    a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang
    cao ce cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan
    chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de den deng di dian
    diao die ding diu dong dou du duan dui dun duo e ei en er fa fan fang fei fen feng fo fou fu ga
    gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo ha hai han hang hao
    he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing
    jiong jiu ju juan jue jun ka kai kan kang kao ke ken keng kong kou ku kua kuai kuan kuang kui
    kun kuo la lai lan lang lao le lei leng li lia lian liang liao lie lin ling liu long lou lu luan
    lun luo lv lve ma mai man mang mao me mei men meng mi mian miao mie min ming miu mo mou mu na
    nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong nou nu nuan nuo nv nve
    o ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao
    qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou ru rua ruan rui run
    ruo sa sai san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu
    shua shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te
    teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi
    xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo
    yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhen
    zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
    """.split()
)
_LONGEST = max(map(len, _SYLLABLES))

# One character, said and typed in two ways.
_SAME = {"shei": "shui"}

_codes: dict[str, str] = {}


def code_of(syllable: str) -> str:
    """Return the one-character code of a syllable; a stable one within this process."""
    syllable = _SAME.get(syllable, syllable)
    return _codes.setdefault(syllable, chr(_FIRST_CODE + len(_codes)))


@lru_cache(maxsize=65536)
def syllable(char: str) -> str:
    """Return the toneless syllable of a Chinese character (its most frequent reading), else ``char`` itself."""
    if ord(char) not in PINYIN_DICT:
        return char
    return lazy_pinyin(char, style=Style.NORMAL, v_to_u=False)[0]


@lru_cache(maxsize=65536)
def _sound(char: str) -> str:
    said = syllable(char)
    return said if said == char else code_of(said)


def sounds(text: str) -> str:
    """Return ``text`` with every Chinese character replaced by the code of its syllable; same length."""
    return "".join(map(_sound, text))


@lru_cache(maxsize=65536)
def _blur(char: str) -> str:
    said = _syllable_of_code(char) or syllable(char)
    if said == char:
        return char
    said = said[0] + said[2:] if said[:2] in ("zh", "ch", "sh") else said
    said = "l" + said[1:] if said[0] == "n" else said
    return code_of("~" + said.removesuffix("g"))


def _syllable_of_code(char: str) -> str | None:
    at = ord(char) - _FIRST_CODE
    return list(_codes)[at] if 0 <= at < len(_codes) else None


def blurred(text: str) -> str:
    """Return ``text`` as ``sounds`` does, with the sounds that many speakers don't tell apart made one: zh/z, ch/c,
    sh/s, n/l at the beginning, ng/n at the end.
    """
    return "".join(map(_blur, text))


def initials(text: str) -> str:
    """Return the first letters of the syllables of ``text``: 进口贴息 → ``jktx``."""
    return "".join(syllable(char)[0] for char in text)


@lru_cache(maxsize=4096)
def split_syllables(letters: str) -> tuple[str, ...] | None:
    """Cut latin ``letters`` into syllables (``jinkou`` → jin, kou): as few as possible, or ``None``."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST), end):
            before, last = best[start], letters[start:end]
            if before is not None and last in _SYLLABLES:
                here = best[end]
                if here is None or len(before) + 1 < len(here):
                    best[end] = (*before, last)
    return best[len(letters)]
