"""What goes wrong between the bot and the server, on purpose."""

from dataclasses import dataclass
from typing import ClassVar, Literal

Kind = Literal["refuse", "server_error", "bad_gateway", "malformed", "reset", "silence", "delay"]


@dataclass(frozen=True)
class Fault:
    """One way in which a call fails; ``accepted`` says whether the server has done what was asked before.

    ``seconds`` is the ``retry_after`` of a refusal (whole seconds) or the length of a delay.
    """

    kind: Kind
    accepted: bool = False
    seconds: float = 0

    server_error: ClassVar["Fault"]
    bad_gateway: ClassVar["Fault"]
    malformed: ClassVar["Fault"]
    malformed_after: ClassVar["Fault"]
    reset_before: ClassVar["Fault"]
    reset_after: ClassVar["Fault"]
    silence: ClassVar["Fault"]
    silence_after: ClassVar["Fault"]

    @classmethod
    def too_many_requests(cls, retry_after: int = 1) -> "Fault":
        """429 with ``retry_after``."""
        return cls("refuse", seconds=retry_after)

    @classmethod
    def delay(cls, seconds: float) -> "Fault":
        """Done and answered as usual, but late."""
        return cls("delay", accepted=True, seconds=seconds)


Fault.server_error = Fault("server_error")
Fault.bad_gateway = Fault("bad_gateway")
Fault.malformed = Fault("malformed")
Fault.malformed_after = Fault("malformed", accepted=True)
Fault.reset_before = Fault("reset")
Fault.reset_after = Fault("reset", accepted=True)
Fault.silence = Fault("silence")
Fault.silence_after = Fault("silence", accepted=True)


@dataclass
class _Plan:
    method: str
    chat_id: int | None
    left: int | None
    fault: Fault


class FaultPlan:
    """Which calls are to fail; the plan that was made first is used up first."""

    def __init__(self) -> None:
        self._plans: list[_Plan] = []

    def add(self, method: str, fault: Fault, *, chat_id: int | None, times: int | None) -> None:
        self._plans.append(_Plan(method, chat_id, times, fault))

    def clear(self) -> None:
        self._plans.clear()

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        for plan in self._plans:
            if plan.method == method and plan.chat_id in (None, chat_id) and plan.left != 0:
                if plan.left is not None:
                    plan.left -= 1
                return plan.fault
        return None
