"""How the bot gets its updates: by asking for them (getUpdates) or by having them sent (a webhook)."""

import asyncio
import json
import re
import ssl
import time
from threading import Condition
from urllib.parse import urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from tests.botapi.errors import ApiError, bad_request, conflict
from tests.botapi.params import Params
from tests.botapi.updates import Update
from tests.botapi.wire import JsonObject
from tests.botapi.world import World

_LONGEST_POLL_S = 50
_PORTS = (443, 80, 88, 8443)
# The real server waits for seconds after the second failure, and for up to a minute later on.
_FIRST_RETRY_S, _LAST_RETRY_S = 0.05, 1.0


class Intake:
    """The two ways, of which one is open. Its coroutines run on the server's loop; the lock guards the world."""

    def __init__(self, world: World, lock: Condition):
        self._world = world
        self._lock = lock
        self._poll: asyncio.Future[None] | None = None
        self._webhook: _Webhook | None = None

    def wake(self) -> None:
        """Say that there may be new updates; on the server's loop."""
        if self._poll and not self._poll.done():
            self._poll.set_result(None)
        if self._webhook:
            self._webhook.send_waiting()

    def stop(self) -> None:
        """Send nothing more; on the server's loop."""
        if self._webhook:
            self._webhook.stop()

    def restart(self) -> None:
        """Go on with the webhook that was set before the server stopped."""
        if self._webhook:
            self._webhook.start()

    async def get_updates(self, params: Params) -> list[dict[str, object]]:
        """The updates that wait, else those that come within ``timeout`` seconds.

        Raises:
            ApiError: 409 when a webhook is set, and for whoever waits when another one asks.
        """
        if self._webhook:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self._end_poll(
            conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
        )
        timeout = min(params.integer("timeout"), _LONGEST_POLL_S)
        with self._lock:
            if params.text("allowed_updates"):
                self._world.updates.allow(params.structure("allowed_updates"))
            updates = self._take(params)
            if updates or timeout <= 0:
                return updates
            poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(poll, timeout)
        except TimeoutError:
            return []
        finally:
            if self._poll is poll:
                self._poll = None
        with self._lock:
            return self._take(params)

    def _take(self, params: Params) -> list[dict[str, object]]:
        updates = self._world.updates.take(params.integer("offset"), params.integer("limit", 100))
        self._lock.notify_all()
        return updates

    def _end_poll(self, error: ApiError) -> None:
        if self._poll and not self._poll.done():
            self._poll.set_exception(error)
        self._poll = None

    async def set_webhook(self, params: Params) -> bool:
        """Send updates to ``url`` from now on.

        Raises:
            ApiError: the address or the secret token is not one that Telegram takes.
        """
        url = params.text("url")
        if not url:
            return await self.delete_webhook(params)
        target = urlsplit(url)
        local = target.hostname == "127.0.0.1"
        if target.scheme != "https" and not (local and target.scheme == "http"):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if not local and (target.port or 443) not in _PORTS:
            raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        secret = params.text("secret_token")
        if len(secret) > 256:
            raise bad_request("secret token is too long")
        if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
            raise bad_request("secret token contains unallowed characters")
        _, certificate = params.files.get("certificate", ("", b""))
        await self._remove_webhook(params)
        self._end_poll(conflict("terminated by setWebhook request"))
        if params.text("allowed_updates"):
            self._world.updates.allow(params.structure("allowed_updates"))
        most = params.integer("max_connections", 40)
        try:
            self._webhook = _Webhook(self._world, self._lock, url, secret, certificate, most)
        except (ssl.SSLError, ValueError):
            raise bad_request("bad webhook: can't read the certificate") from None
        self._webhook.start()
        return True

    async def delete_webhook(self, params: Params) -> bool:
        await self._remove_webhook(params)
        return True

    async def _remove_webhook(self, params: Params) -> None:
        if self._webhook:
            self._webhook.stop()
            self._webhook = None
        if params.boolean("drop_pending_updates"):
            with self._lock:
                self._world.updates.drop_all()

    async def get_webhook_info(self, params: Params) -> JsonObject:
        allowed = self._world.updates.allowed
        info: JsonObject = {
            "url": "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._world.updates.waiting),
            **({"allowed_updates": list(allowed)} if allowed else {}),
        }
        return info | (self._webhook.info() if self._webhook else {})


class _Webhook:
    """Sends updates to the bot: those of one chat one after the other, each until it is taken; chats side by side."""

    def __init__(self, world: World, lock: Condition, url: str, secret: str, certificate: bytes, most: int):
        self._world = world
        self._lock = lock
        self._url = url
        self._headers = {"Content-Type": "application/json"}
        if secret:
            self._headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        self._certificate = certificate
        # Like Telegram: a certificate is trusted when it was handed in, or when an authority vouches for it.
        https = url.startswith("https")
        self._context = ssl.create_default_context(cadata=certificate.decode() or None) if https else None
        self._most = most
        self._lanes: dict[int, asyncio.Task[None]] = {}
        self._last_error: tuple[int, str] | None = None

    def start(self) -> None:
        self._lanes = {}
        self._client = AsyncHTTPClient(force_instance=True, max_clients=self._most)
        self.send_waiting()

    def stop(self) -> None:
        for lane in self._lanes.values():
            lane.cancel()
        self._client.close()

    def info(self) -> JsonObject:
        error: JsonObject = {}
        if self._last_error:
            error = {"last_error_date": self._last_error[0], "last_error_message": self._last_error[1]}
        return {
            "url": self._url,
            "has_custom_certificate": bool(self._certificate),
            "max_connections": self._most,
            "ip_address": "127.0.0.1",
            **error,
        }

    def send_waiting(self) -> None:
        with self._lock:
            lanes = {update.lane for update in self._world.updates.waiting}
        for lane in lanes:
            if lane not in self._lanes or self._lanes[lane].done():
                self._lanes[lane] = asyncio.create_task(self._send_lane(lane))

    async def _send_lane(self, lane: int) -> None:
        while update := self._next(lane):
            retry = _FIRST_RETRY_S
            while not await self._send(update):
                await asyncio.sleep(retry)
                retry = min(2 * retry, _LAST_RETRY_S)
            with self._lock:
                self._world.updates.acknowledge(update)
                self._lock.notify_all()

    def _next(self, lane: int) -> Update | None:
        with self._lock:
            return next((update for update in self._world.updates.waiting if update.lane == lane), None)

    async def _send(self, update: Update) -> bool:
        with self._lock:
            body = json.dumps(update.hand_out())
            self._lock.notify_all()
        request = HTTPRequest(self._url, "POST", self._headers, body, ssl_options=self._context, follow_redirects=False)
        try:
            response = await self._client.fetch(request, raise_error=False)
            problem = f"Wrong response from the webhook: {response.code} {response.reason}"
            taken = 200 <= response.code <= 299
        except (OSError, HTTPClientError) as error:
            problem, taken = f"Connection failed: {error}", False
        if not taken:
            self._last_error = int(time.time()), problem
        return taken
