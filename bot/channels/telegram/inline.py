"""Inline mode: 「@bot 二手车」 in any chat, as it is typed; made for the phone call."""

from functools import partial

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import InlineQueryLimit, ParseMode

from bot.channels.telegram.handling import Request
from bot.channels.telegram.rendering import pages
from bot.compose import FACET_LABELS
from bot.reception import Asker, Reception, Suggestion
from knowledge.models import Facet

# Who may ask, and what the register says, may change at any moment.
_CACHE_S = 5
# Fewer characters would find half of the register.
_SHORTEST = 2
_MOST_POWERS = 6
# On the phone a name is wanted first.
_FACETS = (Facet.POSTS, Facet.PROCESS, Facet.RISKS, Facet.CONTROLS)
_DESCRIPTION = 90

_TYPE_MORE = "请输入事项名称，至少两个字"
_NOTHING = "没有找到，点这里到私聊里问"
_TOO_FAST = "查得太快了，请过一分钟再试"
_NOT_OPEN = "还没有获准使用（您的编号是 {}），点这里申请"


class Inline:
    """Answers inline queries with ready articles: the likeliest powers, facet by facet."""

    def __init__(self, reception: Reception):
        self._reception = reception

    def typed(self, update: Update) -> Request | None:
        """Return the request that answers an inline query."""
        query = update.inline_query
        if query is None:
            return None
        text = query.query[: int(InlineQueryLimit.MAX_QUERY_LENGTH)].strip()
        articles, hint = self._found(query.from_user.id, text)
        button = InlineQueryResultsButton(hint, start_parameter="inline") if hint else None
        return partial(query.answer, articles, cache_time=_CACHE_S, is_personal=True, button=button)

    def _found(self, user: int, text: str) -> tuple[list[InlineQueryResultArticle], str]:
        """Return the articles for ``text``, or the words on the button that leads into the private chat."""
        asker = Asker(user)
        if len(text) < _SHORTEST and self._reception.lets_in(asker):
            return [], _TYPE_MORE
        suggestions = self._reception.suggest(asker, text, _MOST_POWERS, _FACETS)
        if suggestions.decision == "refused":
            return [], _NOT_OPEN.format(user)
        if suggestions.decision == "limited":
            return [], _TOO_FAST
        articles = [article for s in suggestions.found if (article := _article(s)) is not None]
        return articles, "" if articles else _NOTHING


def _article(suggestion: Suggestion) -> InlineQueryResultArticle | None:
    """Return one result; ``None`` for what no single message can hold."""
    shown = pages(suggestion.reply)
    if len(shown) > 1:
        return None
    told = suggestion.reply.first.partition("：")[2]
    lines = [told, *(line for block in suggestion.reply.blocks for line in block.lines)]
    return InlineQueryResultArticle(
        id=f"{suggestion.position}.{suggestion.facet}",
        title=f"{suggestion.title} · {FACET_LABELS[suggestion.facet]}",
        description=" ".join(filter(None, lines))[:_DESCRIPTION],
        input_message_content=InputTextMessageContent(
            shown[0], parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        ),
    )
