"""A call's way through the server: token, planned fault, method; and the record of it."""

import asyncio
import time
from dataclasses import dataclass
from threading import Condition

from tests.botapi.errors import ApiError, not_found, unauthorized
from tests.botapi.faults import Fault, FaultPlan
from tests.botapi.intake import Intake
from tests.botapi.methods import METHODS
from tests.botapi.params import Params
from tests.botapi.serving import Outcome, faulty
from tests.botapi.world import World


@dataclass(eq=False)
class Call:
    """A call that arrived, at the monotonic time ``at``, and what became of it.

    ``status`` is 0 as long as nothing has; ``description`` is the server's refusal; ``fault`` was planned by the test.
    """

    method: str
    params: Params
    chat_id: int | None
    at: float
    status: int = 0
    description: str = ""
    fault: Fault | None = None

    @property
    def refused(self) -> bool:
        """Whether the server itself found the call wrong."""
        return self.status in (400, 403, 404) and (self.fault is None or self.fault.accepted)


class Dispatch:
    """Answers calls, on the server's loop; ``lock`` guards the world, the record of calls and the plan of faults."""

    def __init__(self, world: World, lock: Condition, intake: Intake, token: str):
        self.tokens = {token}
        self.calls: list[Call] = []
        self.faults = FaultPlan()
        self._world = world
        self._lock = lock
        self._intake = intake

    async def answer(self, token: str, method: str, params: Params) -> Outcome:
        """What becomes of a call, as soon as it has become of it."""
        at = time.monotonic()
        if token not in self.tokens:
            return _refusal(unauthorized())
        chat_id = params.chat_id if params.text("chat_id") else None
        call = Call(method, params, chat_id, at)
        with self._lock:
            self.calls.append(call)
            fault = call.fault = self.faults.take(method, chat_id)
            self._lock.notify_all()
        if fault and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        outcome = faulty(fault) if fault and not fault.accepted else await self._perform(method, params)
        with self._lock:
            call.status, call.description = outcome.status, str(outcome.body.get("description", ""))
            self._lock.notify_all()
        return Outcome(outcome.status, outcome.body, fault)

    async def _perform(self, method: str, params: Params) -> Outcome:
        waiting = {
            "getUpdates": self._intake.get_updates,
            "setWebhook": self._intake.set_webhook,
            "deleteWebhook": self._intake.delete_webhook,
            "getWebhookInfo": self._intake.get_webhook_info,
        }
        try:
            if method in waiting:
                result: object = await waiting[method](params)
            elif method in METHODS:
                with self._lock:
                    result = METHODS[method](self._world, params)
            else:
                raise not_found()
        except ApiError as error:
            return _refusal(error)
        return Outcome(200, {"ok": True, "result": result})

    def download(self, token: str, path: str) -> bytes:
        """The content of a file.

        Raises:
            ApiError: 401 or 404.
        """
        if token not in self.tokens:
            raise unauthorized()
        with self._lock:
            for file in self._world.files.values():
                if file.path == path:
                    return file.content
        raise not_found()


def _refusal(error: ApiError) -> Outcome:
    return Outcome(error.code, error.as_json())
