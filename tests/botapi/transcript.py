"""A chat's story as people saw it, without times and numbers: for documents, and for a failed test's message."""

from collections.abc import Iterator

from tests.botapi.world import Chat, Event, Keyboard


def transcript(chat: Chat) -> str:
    """One event after the other: who said what (and in answer to whom), buttons, presses, edits, toasts."""
    return "\n".join(line for event in chat.story for line in _lines(event))


def _lines(event: Event) -> Iterator[str]:
    who = event.who.first_name
    match event.kind:
        case "service":
            yield f"〔{event.text}〕"
        case "press":
            yield f"{who} 点了 [{event.text}]"
        case "toast":
            yield f"　（{who} 看到提示：{event.text}）"
        case "delete":
            yield f"{who} 删除了：{_short(event.text)}"
        case "message" | "edit":
            yield from _said(event, f"{who}（改）" if event.kind == "edit" else who)


def _said(event: Event, who: str) -> Iterator[str]:
    message = event.message
    topic = f"#{message.topic.name} " if message and message.topic else ""
    answered = f" ↩ {event.about.sender.first_name}" if event.about else ""
    first, *more = event.text.split("\n")
    yield f"{topic}{who}{answered}：{first}"
    for line in more:
        yield f"　{line}"
    if message and message.document:
        yield f"　〔文件 {message.document.name}〕"
    for row in _rows(event.keyboard):
        yield f"　{row}"


def _rows(keyboard: Keyboard) -> Iterator[str]:
    for row in keyboard:
        yield " ".join(f"[{button.text}]" for button in row)


def _short(text: str) -> str:
    return text if len(text) <= 20 else text[:20] + "…"
