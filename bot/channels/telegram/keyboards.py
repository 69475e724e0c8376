"""The buttons under a reply: other facets of the power, options, a person to ask, 👎."""

from telegram import InlineKeyboardMarkup

from bot.access import Pass
from bot.channels.telegram.callbacks import Act, Action, Signer
from bot.channels.telegram.messages import Button, Keyboard
from bot.compose import FACET_LABELS
from bot.messages import Reply
from bot.reception import Outcome
from knowledge.models import Facet, Power, Register

# The row under an answer, in the order of the register's columns; what the answer shows already is left out.
_ROW = {
    Facet.PROCESS: "流程",
    Facet.POSTS: "岗位",
    Facet.RISKS: "风险",
    Facet.CONTROLS: "防控",
}
# A phone shows about so many characters of a button.
_LABEL = 40
_SHORT = {facet: str(number) for number, facet in enumerate(Facet)}
_LONG = {short: facet for facet, short in _SHORT.items()}


class Keyboards:
    """Makes the buttons; ``offers_people``: whether there are admins to hand a question to."""

    def __init__(self, signer: Signer, *, offers_people: bool):
        self._signer = signer
        self._offers_people = offers_people

    def under(self, outcome: Outcome) -> Keyboard:
        """Return the buttons under the reply of ``outcome``."""
        reply = outcome.reply
        if reply is None:
            return ()
        rows = [*self._options(reply, outcome)]
        if reply.kind == "answer":
            row = self._facets(reply, outcome.passed, outcome.version)
            rows.append((*row, self.button("👎", Act.DISLIKE, str(outcome.number))))
        if reply.kind == "unknown" and self._offers_people:
            rows.append((self.button("转给管理员", Act.HAND_OVER, str(outcome.number)),))
        return tuple(rows)

    def _facets(self, reply: Reply, passed: Pass, version: int) -> tuple[Button, ...]:
        if len(reply.powers) != 1:
            return ()
        return tuple(
            self._show(label, version, reply.powers[0], (facet,))
            for facet, label in _ROW.items()
            if facet in passed.facets and facet not in reply.facets
        )

    def _options(self, reply: Reply, outcome: Outcome) -> Keyboard:
        facets = reply.pending or (Facet.OVERVIEW,)
        numbered = enumerate(reply.options, start=1)  # a choice can be made by its number, too
        return tuple((self._show(f"{n}. {o.label}", outcome.version, o.power, facets),) for n, o in numbered)

    def answered_above(self, keyboard: InlineKeyboardMarkup | None) -> int | None:
        """Return the place in the audit log of the question that the message over ``keyboard`` answers."""
        for button in (b for row in keyboard.inline_keyboard for b in row) if keyboard else ():
            match self._signer.action(str(button.callback_data)):
                case Action(Act.DISLIKE, (number,)):
                    return int(number)
        return None

    def example(self, version: int, register: Register, power: Power, facet: Facet) -> Button:
        """Return a button that asks for a facet of a power of ``register``, labelled with the question."""
        return self._show(f"{register.called(power)}的{FACET_LABELS[facet]}", version, power.position, (facet,))

    def button(self, label: str, act: Act, *arguments: str) -> Button:
        """Return a button; a long label is cut."""
        short = label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"
        return Button(label=short, data=self._signer.data(Action(act, arguments)))

    def _show(self, label: str, version: int, position: int, facets: tuple[Facet, ...]) -> Button:
        return self.button(label, Act.SHOW, str(version), str(position), "".join(_SHORT[f] for f in facets))


def shown(action: Action) -> tuple[int, int, tuple[Facet, ...]]:
    """Return the version, position and facets that a button to show something asks for."""
    version, position, facets = action.arguments
    return int(version), int(position), tuple(_LONG[short] for short in facets)
