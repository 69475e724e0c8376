"""Methods that answer a pressed button and what is typed behind the bot's name."""

from collections.abc import Mapping

from tests.botapi.checks import formatted, inline_keyboard, is_start_parameter
from tests.botapi.errors import bad_request
from tests.botapi.params import Params
from tests.botapi.text import utf16_length
from tests.botapi.world import CallbackAnswer, Event, InlineAnswer, InlineResult, World

_MAX_TOAST = 200
_MAX_RESULTS = 50
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(world: World, params: Params) -> bool:
    text = params.text("text")
    if utf16_length(text) > _MAX_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    press = world.presses.get(params.text("callback_query_id"))
    if press is None or press.expired or press.answer:
        raise bad_request(_TOO_OLD)
    press.answer = CallbackAnswer(text, params.boolean("show_alert"))
    if text:
        press.message.chat.story.append(Event("toast", press.user, text, press.message))
    return True


def answer_inline_query(world: World, params: Params) -> bool:
    written = params.structure("results")
    if not isinstance(written, list):
        raise bad_request("can't parse inline query results: expected an Array")
    if len(written) > _MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    results = tuple(_result(result) for result in written)
    if len({result.id for result in results}) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    next_offset = params.text("next_offset")
    if len(next_offset.encode()) > 64:
        raise bad_request("NEXT_OFFSET_INVALID")
    button = _button(params.mapping("button"))
    query = world.inline_queries.get(params.text("inline_query_id"))
    if query is None or query.expired or query.answer:
        raise bad_request(_TOO_OLD)
    cache_time = params.integer("cache_time", 300)
    query.answer = InlineAnswer(results, cache_time, params.boolean("is_personal"), next_offset, button)
    return True


def _result(written: object) -> InlineResult:
    if not isinstance(written, dict):
        raise bad_request("can't parse inline query result: expected an Object")
    description, keyboard = written.get("description", ""), written.get("reply_markup", {})
    match written:
        case {"type": "article", "id": str(identifier), "title": str(title), "input_message_content": dict(content)}:
            pass
        case _:
            raise bad_request("can't parse inline query result: article with a title and a content expected")
    if not 1 <= len(identifier.encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    if not title.strip():
        raise bad_request("ARTICLE_TITLE_EMPTY")
    markup = content.get("message_text")
    if not isinstance(markup, str) or not markup:
        raise bad_request("message text is empty")
    text = formatted(markup, str(content.get("parse_mode", "")), content.get("entities"))
    if not text.text:
        raise bad_request("text must be non-empty")
    if not isinstance(keyboard, dict):
        raise bad_request("object expected as reply markup")
    return InlineResult(identifier, title, str(description), text, inline_keyboard(keyboard))


def _button(written: Mapping[str, object]) -> tuple[str, str] | None:
    if not written:
        return None
    text, start = written.get("text"), written.get("start_parameter")
    if not isinstance(text, str) or not text.strip():
        raise bad_request("can't parse inline query results button: text must be non-empty")
    if not isinstance(start, str) or not is_start_parameter(start):
        raise bad_request("START_PARAM_INVALID")
    return text, start
