"""Findings → Reply: the wording that staff read. Answer first, then the register's own words, then where it stands."""

from collections.abc import Sequence

from bot.lookup import Findings, roles_of, step_text
from bot.messages import Block, Option, Reply
from bot.understanding.query import MAX_OPTIONS, Query, Reason, Shape, Where
from bot.visibility import ALL_FACETS
from knowledge.library import Volume
from knowledge.models import Facet, Power, Register

FACET_LABELS = {
    Facet.PROCESS: "流程",
    Facet.POSTS: "重点岗位",
    Facet.RISKS: "廉政风险点",
    Facet.CONTROLS: "防控措施",
    Facet.RESPONSIBLE: "风险防控责任人",
    Facet.OVERVIEW: "全部内容",
}
_WHOLE = (Facet.PROCESS, Facet.POSTS, Facet.RISKS, Facet.CONTROLS, Facet.RESPONSIBLE)
_LIST_FACETS = (Facet.RISKS, Facet.CONTROLS)
# A quoted passage in a list is cut after this many characters; the whole is one question away.
_EXCERPT = 36
# A remark in the name up to this length stays in the line; a longer one gets a line of its own.
_SHORT_REMARK = 12
# The kind of a power is how its name ends: 审批, 许可, 项目.
_KIND = 2
# A list shows so many powers; nobody reads more on a phone.
_LISTED = 60
# So many registers are named as the source of one reply.
_SOURCES = 3
# So many powers can be listed for choosing when none was named; more would be a wall of text.
_LISTABLE = 20

_CHAT = {
    "greeting": "您好，我是廉政清单助手。想查哪一项，直接说就行，比如“{name}的流程”“谁负责{name}”。",
    "thanks": "不客气，随时问我。",
    "help": "我能查权责清单里每一项的流程、岗位和经办人、廉政风险点、防控措施、风险防控责任人。",
    "who": "我是廉政清单助手，只按《{title}》回答，清单里没有写的我不会编。",
}


def facets_told(facets: frozenset[Facet]) -> str:
    """Return what may be seen, in words."""
    if facets >= ALL_FACETS:
        return FACET_LABELS[Facet.OVERVIEW]
    return "、".join(FACET_LABELS[facet] for facet in Facet if facet in facets)


class Composer:
    """Writes replies about one edition of a register, or about ``volumes``: several registers, each with its own.

    ``facets`` are those that may be seen.
    """

    def __init__(
        self,
        register: Register,
        edition: str,
        facets: frozenset[Facet] = ALL_FACETS,
        volumes: Sequence[Volume] = (),
    ):
        self._register = register
        self._edition = volumes[0].edition if len(volumes) == 1 else edition
        self._volumes = tuple(volumes) if len(volumes) > 1 else ()
        powers = register.powers
        self._restarting = [v for v in volumes if _share_numbers(powers[v.positions.start - 1 : v.positions.stop - 1])]
        # two divisions may have one name, and units that each count from 1 one number
        self._by_unit = len(volumes) > 1 or _share_numbers(powers)
        self._open = tuple(facet for facet in _WHOLE if facet in facets)
        self._closed = frozenset(_WHOLE) - facets

    def compose(self, found: Findings) -> Reply:
        """Return the reply for ``found``."""
        asked = {*found.facets, *(found.query.set_ask.facets if found.query.set_ask else ())}
        if asked and asked <= self._closed:
            return self._not_open(found)
        match found.shape:
            case Shape.ASK:
                return self._answer(found)
            case Shape.LIST:
                return self._list(found)
            case Shape.CHOOSE:
                return self._choose(found)
            case Shape.CHAT:
                return self._chat(found.query)
            case Shape.UNKNOWN:
                return self._unknown(found.query)

    # ── answer ───────────────────────────────────────────────────────────────────────────────────────────────

    def _answer(self, found: Findings) -> Reply:
        powers = [self._register.power(p) for p in found.powers]
        facets = tuple(facet for facet in found.facets if facet not in self._closed)
        if Facet.OVERVIEW in facets:
            facets = (Facet.OVERVIEW,)
        if len(powers) == 1:
            first, blocks = self._one(powers[0], facets, found)
        elif found.query.compare:
            first, blocks = self._compare(powers, facets)
        else:
            first, blocks = self._several(powers, facets, found)
        if found.query.with_responsible and Facet.POSTS in facets and Facet.RESPONSIBLE not in facets:
            facets = (*facets, *({Facet.RESPONSIBLE} - self._closed))
        if self._closed & set(found.facets):
            blocks.append(Block(lines=(self._only_open(),)))
        return Reply(
            kind="answer",
            first=first,
            powers=found.powers,
            facets=facets,
            blocks=tuple(blocks),
            source=self._source(powers),
        )

    def _one(self, power: Power, facets: tuple[Facet, ...], found: Findings) -> tuple[str, list[Block]]:
        notes = [Block(lines=(f"（{power.remark}）",))] if power.remark and self._name(power) == power.title else []
        premise = self._premise(power, found.query)
        if facets == (Facet.OVERVIEW,):
            heading = f"{self._name(power)}（{self._number(power)}）"
            blocks = [self._block(power, facet, labelled=True) for facet in self._open]
            extra = [Block(heading=key, lines=(value,)) for key, value in power.extra.items()]
            return heading, notes + blocks + extra
        if len(facets) == 1:
            facet = facets[0]
            first = premise + self._headline(power, facet, found)
            if facet is Facet.POSTS:
                rest = self._posts_rest(power) if found.query.with_responsible else []
                return first, [*notes, *rest]
            if facet is Facet.RESPONSIBLE:
                return first, notes
            return first, [*notes, self._block(power, facet, marked=_marked(found, power, facet))]
        first = f"{premise}{self._name(power)}的{'、'.join(FACET_LABELS[f] for f in facets)}："
        blocks = [self._block(power, facet, labelled=True, marked=_marked(found, power, facet)) for facet in facets]
        if found.query.with_responsible and Facet.POSTS in facets and {Facet.RESPONSIBLE} - self._closed - {*facets}:
            blocks.append(self._block(power, Facet.RESPONSIBLE, labelled=True))
        return first, notes + blocks

    def _headline(self, power: Power, facet: Facet, found: Findings) -> str:
        """Return the direct answer in one line."""
        if facet is Facet.POSTS:
            return f"{self._name(power)}：{_posts(power) or '清单里没有写岗位。'}"
        if facet is Facet.RESPONSIBLE:
            return f"{self._name(power)}的风险防控责任人：{'、'.join(power.responsible) or '清单里没有写。'}"
        if facet is Facet.PROCESS:
            return self._step_line(power, found) or f"{self._name(power)}的流程，共 {len(power.process)} 步："
        count = len(power.risks) if facet is Facet.RISKS else len(power.controls)
        for index in _item(found.query, power, facet):
            return f"{self._name(power)}的{FACET_LABELS[facet]}第 {index + 1} 条：{_lines(power, facet)[index]}"
        return f"{self._name(power)}的{FACET_LABELS[facet]}，共 {count} 条："

    def _step_line(self, power: Power, found: Findings) -> str:
        steps = found.steps.get(power.position, ())
        ask = found.query.step
        if found.after_last and not steps and ask is not None and ask.number is None:
            edge = "最后" if ask.where is Where.AFTER else "第"
            return f"{self._name(power)}：已经是{edge}一步了。全部 {len(power.process)} 步："
        if found.after_last and not steps:
            return f"{self._name(power)}的流程一共 {len(power.process)} 步："
        if not steps:
            return ""
        told = "；".join(f"第 {i + 1} 步，{step_text(power, i)}" for i in steps[:3])
        return f"{self._name(power)}：{told}"

    def _posts_rest(self, power: Power) -> list[Block]:
        if not power.responsible:
            return []
        return [Block(lines=(f"风险防控责任人：{'、'.join(power.responsible)}",))]

    def _premise(self, power: Power, query: Query) -> str:
        """Confirm or correct who was named in the question."""
        if not query.people or Facet.POSTS in self._closed:
            return ""
        told = []
        for person in query.people:
            roles = roles_of(power, person)
            posts = [role for role in roles if role != Facet.RESPONSIBLE.value]
            if posts:
                told.append(f"是的，{person}是{'、'.join(posts)}。")
            elif roles:
                told.append(f"{person}是这一项的风险防控责任人，不在经办岗位上。")
            else:
                told.append(f"不是{person}。")
        return "".join(told)

    def _block(
        self,
        power: Power,
        facet: Facet,
        *,
        labelled: bool = False,
        marked: tuple[int, ...] = (),
        heading: str = "",
    ) -> Block:
        heading = heading or (f"【{FACET_LABELS[facet]}】" if labelled else "")
        lines = _lines(power, facet)
        if not lines:
            return Block(heading=heading, lines=("清单里这一栏没有写。",))
        numbered = facet in (Facet.PROCESS, Facet.RISKS, Facet.CONTROLS)
        return Block(
            heading=heading,
            lines=lines,
            numbered=numbered,
            marked=marked,
        )

    def _several(self, powers: list[Power], facets: tuple[Facet, ...], found: Findings) -> tuple[str, list[Block]]:
        if facets == (Facet.POSTS,):
            premise = ""
            if found.query.people:
                person = found.query.people[0]
                has = [self._register.called(p) for p in powers if roles_of(p, person)]
                if len(has) == len(powers):
                    premise = f"是的，都有{person}。"
                else:
                    premise = f"不都是{person}。" if has else f"都不是{person}。"
            return f"{premise}{len(powers)} 项的岗位：", [
                *(Block(heading=self._told(p), lines=(_posts(p) or "清单里没有写。",)) for p in powers),
                *(self._shared_responsible(powers) if found.query.with_responsible else ()),
            ]
        blocks = []
        for power in powers:
            for facet in self._open if facets == (Facet.OVERVIEW,) else facets:
                marked = _marked(found, power, facet)
                blocks.append(
                    self._block(power, facet, marked=marked, heading=f"{self._told(power)} · {FACET_LABELS[facet]}")
                )
        labels = "、".join(FACET_LABELS[f] for f in facets)
        return f"{len(powers)} 项的{labels}：", blocks

    def _shared_responsible(self, powers: list[Power]) -> list[Block]:
        who = {p.responsible for p in powers}
        if len(who) == 1:
            return (
                [Block(lines=(f"风险防控责任人都是{'、'.join(powers[0].responsible)}",))]
                if powers[0].responsible
                else []
            )
        return [Block(lines=tuple(f"{self._told(p)}的风险防控责任人：{'、'.join(p.responsible)}" for p in powers))]

    def _compare(self, powers: list[Power], facets: tuple[Facet, ...]) -> tuple[str, list[Block]]:
        """Say facet by facet what the powers share and where they differ."""
        blocks, same, differ = [], [], []
        for facet in self._open if facets == (Facet.OVERVIEW,) else facets:
            contents = [_lines(p, facet) for p in powers]
            label = FACET_LABELS[facet]
            if all(c == contents[0] for c in contents):
                same.append(label)
                if facets != (Facet.OVERVIEW,):
                    blocks.append(Block(heading=f"【{label}】都是：", lines=contents[0], numbered=len(contents[0]) > 1))
                continue
            differ.append(label)
            if facet in _LIST_FACETS:
                common = [line for line in contents[0] if all(line in c for c in contents[1:])]
                if common:
                    blocks.append(Block(heading=f"【{label}】都有：", lines=tuple(common)))
                for power, content in zip(powers, contents, strict=True):
                    own = tuple(line for line in content if line not in common)
                    blocks.append(
                        Block(heading=f"【{label}】只有{self._told(power)}有：", lines=own or ("没有别的。",))
                    )
            else:
                for power, content in zip(powers, contents, strict=True):
                    numbered = facet is Facet.PROCESS
                    blocks.append(Block(heading=f"【{label}】{self._told(power)}：", lines=content, numbered=numbered))
        names = "、".join(self._told(p) if self._by_unit else self._register.called(p) for p in powers)
        told = []
        if differ:
            told.append(f"{'、'.join(differ)}不同")
        if same:
            told.append(f"{'、'.join(same)}相同")
        return f"{names}：{'，'.join(told)}。", blocks

    # ── list ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _list(self, found: Findings) -> Reply:
        ask = found.query.set_ask
        powers = [self._register.power(p) for p in found.powers]
        count = len(powers)
        first = self._list_heading(found.query, count)
        lines = []
        for power in powers[:_LISTED]:
            told = found.evidence.get(power.position, "")
            if len(told) > _EXCERPT:
                told = told[:_EXCERPT] + "…"
            lines.append(f"{self._name(power)}（{self._number(power)}）{'：' + told if told else ''}")
        blocks = [Block(lines=tuple(lines), numbered=True)]
        if count > _LISTED:
            blocks.append(Block(lines=(f"还有 {count - _LISTED} 项没有列出，请再说具体一点。",)))
        if ask is not None and ask.home:
            told = f"这里默认问的是{ask.home}，只列了它的；要看别的单位，请在问题里写上单位名。"
            blocks.append(Block(lines=(told,)))
        if self._closed and ask is not None and (ask.people or ask.not_people or (ask.phrases and not ask.in_names)):
            blocks.append(Block(lines=(self._only_open(),)))  # what is not open may say it, too
        return Reply(
            kind="list",
            first=first,
            powers=found.powers,
            blocks=tuple(blocks),
            source=self._source([], found.powers),
        )

    def _list_heading(self, query: Query, count: int) -> str:
        """Say what the powers of a list have in common, and how many they are."""
        ask = query.set_ask
        if ask is None or ask.everything:
            if query.facets == (Facet.RESPONSIBLE,):
                return self._responsible_line()
            if query.facets == (Facet.POSTS,):
                return self._people_line()
            return f"{ask.home}有 {count} 项：" if ask and ask.home else f"《{self._register.title}》共 {count} 项："
        if ask.no_serial:
            return f"没有印序号的有 {count} 项："
        if ask.units and not ask.phrases and not ask.people:
            return f"{'、'.join(ask.units)}有 {count} 项："
        if ask.not_people:
            role = "风险防控责任人" if ask.facets == {Facet.RESPONSIBLE} else "人员"
            having = f"有{'、'.join(ask.people)}、" if ask.people else ""
            return f"{role}里{having}没有{'、'.join(ask.not_people)}的有 {count} 项："
        if ask.people:
            who = "、".join(ask.people)
            heard = f"按“{who}”查（您写的是“{query.misspelt}”）。" if query.misspelt else ""
            says = "没有写到" if ask.without else "写到"
            wording = f"、{says}“{'、'.join(ask.phrases)}”的" if ask.phrases else "的"
            return f"{heard}{who}名下{wording}有 {count} 项："
        if ask.without:
            return f"没有写到“{'、'.join(ask.phrases)}”的有 {count} 项："
        if ask.not_phrases and not ask.phrases:
            return f"没有写到“{'”和“'.join(ask.not_phrases)}”的有 {count} 项："
        if ask.extreme:
            return f"{'、'.join(FACET_LABELS[facet] for facet in ask.facets)}{ask.extreme}的有 {count} 项："
        if ask.at_least or ask.at_most:
            return f"{'、'.join(FACET_LABELS[facet] for facet in ask.facets)}的数目对得上的有 {count} 项："
        if ask.named and not ask.phrases:
            return f"名称里有“{'”或“'.join(ask.named)}”的有 {count} 项："
        if not ask.phrases and not ask.either:
            return f"其余 {count} 项："
        where = "名称里有" if ask.in_names else "写到"
        said = "、".join([*ask.phrases, "或".join(ask.either)] if ask.either else ask.phrases)
        but = f"、没有写到“{'、'.join(ask.not_phrases)}”" if ask.not_phrases else ""
        return f"{where}“{said}”{but}的有 {count} 项："

    def _people_line(self) -> str:
        powers = self._register.powers
        people = dict.fromkeys(person for power in powers for post in power.posts for person in post.people)
        return f"各项重点岗位上一共 {len(people)} 人：{'、'.join(people)}。"

    def _responsible_line(self) -> str:
        counts: dict[str, int] = {}
        for power in self._register.powers:
            for person in power.responsible:
                counts[person] = counts.get(person, 0) + 1
        if len(counts) == 1:
            return f"全部 {len(self._register.powers)} 项的风险防控责任人都是{next(iter(counts))}："
        told = "，".join(f"{person} {count} 项" for person, count in counts.items())
        return f"风险防控责任人不是同一个人：{told}。"

    # ── choose, unknown, chat ────────────────────────────────────────────────────────────────────────────────

    def _choose(self, found: Findings) -> Reply:
        if not found.powers:
            return self._ask_subject()
        label = "、".join(FACET_LABELS[f] for f in found.facets if f is not Facet.OVERVIEW)
        wanted = f"哪一项的{label}" if label else "哪一项"
        options = self._options(found.powers)
        first = f"有 {len(found.powers)} 项都对得上，您要{wanted}？回复序号或名称即可。"
        blocks: tuple[Block, ...] = ()
        if len(found.powers) > len(options):
            first = (
                f"有 {len(found.powers)} 项都对得上，您要{wanted}？请再说具体一点，或从最像的 {len(options)} 项里选。"
            )
            blocks = (Block(heading="按类别分：", lines=self._by_kind(found.powers)),)
        return Reply(
            kind="choose",
            first=first,
            powers=tuple(o.power for o in options),
            options=options,
            pending=found.facets,
            blocks=blocks,
        )

    def _by_kind(self, positions: tuple[int, ...]) -> tuple[str, ...]:
        """Return the powers by the kind that their names end with: 「审批 4 项：…」; the largest kind first."""
        kinds: dict[str, list[str]] = {}
        for position in positions[:_LISTED]:
            power = self._register.power(position)
            kinds.setdefault(power.title[-_KIND:], []).append(self._register.called(power))
        ordered = sorted(kinds.items(), key=lambda item: -len(item[1]))
        return tuple(f"{kind} {len(titles)} 项：{'、'.join(titles)}" for kind, titles in ordered)

    def _options(self, positions: tuple[int, ...]) -> tuple[Option, ...]:
        return tuple(Option(label=self._told(self._register.power(p)), power=p) for p in positions[:MAX_OPTIONS])

    def _unknown(self, query: Query) -> Reply:
        near = self._options(query.near)
        names = "、".join(option.label for option in near)
        offer = "您要找的是不是：" if near else ""
        match query.reason:
            case Reason.NOT_HELD if near:
                first = f"{names}：清单里没有写{query.label}。清单只写流程、岗位、廉政风险点、防控措施和责任人。"
            case Reason.NOT_HELD:
                first = f"清单里没有写{query.label}，只写了各事项的流程、岗位、廉政风险点、防控措施和责任人。"
            case Reason.NO_SUCH_PERSON:
                first = f"清单里没有“{query.said}”这个人。"
            case Reason.NO_SUCH_NUMBER:
                first = f"清单里没有“{query.label}”，一共 {len(self._register.powers)} 项。"
            case Reason.NO_SUBJECT:
                return self._ask_subject()
            case Reason.TOO_LONG:
                first = "这段话太长了，请用一句话问，比如“进口贴息的流程”。"
            case Reason.EMPTY:
                first = "没有看到问题，请用一句话问，比如“都有哪些事项”。"
            case _ if query.set_ask and query.set_ask.people:
                return Reply(kind="unknown", first=self._none_of_theirs(query, names))
            case _ if self._closed:
                first = f"这里没有找到这个内容。{self._only_open()}{offer}"
            case _:
                first = f"清单里没有找到这个内容。{offer}"
        told = query.reason is Reason.NOT_HELD and len(near) == 1  # named already
        return Reply(kind="unknown", first=first, options=() if told else near)

    @staticmethod
    def _none_of_theirs(query: Query, known: str) -> str:
        """Say that people have no such power, besides the ``known`` ones that the question left out."""
        assert query.set_ask is not None  # noqa: S101 - the caller's condition, told to the type checker
        people = "、".join(query.set_ask.people)
        wording = f"写到“{'、'.join(query.set_ask.phrases)}”的" if query.set_ask.phrases else "别的" if known else ""
        return f"{f'除了{known}，' if known else ''}{people}名下没有{wording}事项。"

    def _not_open(self, found: Findings) -> Reply:
        names = "、".join(self._register.called(self._register.power(p)) for p in found.powers[:MAX_OPTIONS])
        return Reply(kind="unknown", first=f"{names + '：' if names else ''}{self._only_open()}")

    def _only_open(self) -> str:
        """Say what may be seen here, and how to get at the rest."""
        return f"这里只开放{'、'.join(FACET_LABELS[facet] for facet in self._open)}，其他内容请联系管理员。"

    def _ask_subject(self) -> Reply:
        powers = self._register.powers
        first = "您问的是哪一项？请带上事项名称再问。"
        if len(powers) > _LISTABLE:
            return Reply(kind="choose", first=first)
        lines = tuple(self._name(power) for power in powers)
        return Reply(
            kind="choose",
            first="您问的是哪一项？回复序号或名称即可。",
            blocks=(Block(lines=lines, numbered=True),),
        )

    def _chat(self, query: Query) -> Reply:
        said = _CHAT[query.label].format(
            title=self._register.title, name=self._register.called(self._register.powers[0])
        )
        blocks: tuple[Block, ...] = ()
        if query.label == "help":
            if self._closed:
                said = self._only_open()
            name = self._register.called(self._register.powers[-1])
            blocks = (
                Block(
                    heading="可以这样问：",
                    lines=(f"{name}的流程", f"谁负责{name}", "都有哪些事项", "哪些事项有第三方审核"),
                ),
            )
        return Reply(kind="chat", first=said, blocks=blocks)

    # ── where it stands ──────────────────────────────────────────────────────────────────────────────────────

    def _name(self, power: Power) -> str:
        """Return the name as replies print it: verbatim, a long remark at its end apart, unless it is what tells the
        power from another.
        """
        short = power.remark is None or len(power.remark) <= _SHORT_REMARK
        return power.full_name if short else self._register.called(power)

    def _told(self, power: Power) -> str:
        """Return the name, with the unit where powers are told apart by it."""
        return f"{self._name(power)}（{power.unit}）" if self._by_unit and power.unit else self._name(power)

    def _number(self, power: Power) -> str:
        if not (self._by_unit and power.unit):
            return _serial(power)
        return f"{power.unit}{_serial(power)}" if power.serial is not None else f"{power.unit}，{_serial(power)}"

    def _source(self, powers: list[Power], listed: Sequence[int] = ()) -> str:
        """Say where the answer stands: the register, the numbers of ``powers``, the edition; of each register told.

        A list (``listed``: its positions) stands in so many places that only its registers are named.
        """
        parts = []
        for volume in self._volumes:
            here = [p for p in powers if p.position in volume.positions]
            number = self._number if volume in self._restarting else _serial
            where = "、".join(number(p) if p.serial is not None else f"“{self._name(p)}”" for p in here)
            if here or any(position in volume.positions for position in listed):
                parts.append("，".join(part for part in (volume.title, where, volume.edition) if part))
        if self._volumes:
            return "；".join(parts) if len(parts) <= _SOURCES else self._register.title
        where = "、".join(self._number(p) if p.serial is not None else f"“{self._name(p)}”" for p in powers)
        return "，".join(part for part in (self._register.title, where, self._edition) if part)


def _share_numbers(powers: Sequence[Power]) -> bool:
    serials = [power.serial for power in powers if power.serial is not None]
    return len(set(serials)) < len(serials)


def _serial(power: Power) -> str:
    return f"第{power.serial}项" if power.serial is not None else "未编序号"


def _marked(found: Findings, power: Power, facet: Facet) -> tuple[int, ...]:
    """Return the indices of the lines that the question points at."""
    return found.steps.get(power.position, ()) if facet is Facet.PROCESS else _item(found.query, power, facet)


def _item(query: Query, power: Power, facet: Facet) -> tuple[int, ...]:
    """Return the index of the list item that the question points at, if there is such an item."""
    count = len(_lines(power, facet))
    if query.item is None or facet not in _LIST_FACETS or not -count <= query.item <= count or query.item == 0:
        return ()
    return (query.item - 1 if query.item > 0 else count + query.item,)


def _posts(power: Power) -> str:
    """Return the posts in one line: 「赵思聪（外贸运行处经办人）」."""
    return "；".join(
        f"{'、'.join(post.people)}（{post.role}）" if post.role else "、".join(post.people) for post in power.posts
    )


def _lines(power: Power, facet: Facet) -> tuple[str, ...]:
    if facet is Facet.PROCESS:
        return tuple(step_text(power, i) for i in range(len(power.process)))
    if facet is Facet.POSTS:
        return tuple(f"{post.role}：{'、'.join(post.people)}" for post in power.posts)
    if facet is Facet.RISKS:
        return tuple(f"【{r.level}】{r.text}" if r.level else r.text for r in power.risks)
    if facet is Facet.CONTROLS:
        return power.controls
    return ("、".join(power.responsible),) if power.responsible else ()
