"""The bot in Telegram.

One way through the rooms: ``arrivals`` (journal, order) → ``addressing`` (is it for the bot) → a room that decides what
follows: ``questions``, ``inline``, ``people``, ``groups``, ``handoff``, ``administration``, ``misses``, ``publishing``;
``buttons`` leads a press to the room that it belongs to → ``outcomes``, ``responses`` (what is said), ``rendering``,
``keyboards`` (how it looks) → ``courier`` (pace, retries, crossing out) → Telegram. ``handling`` leads through them,
``app`` wires them and runs.
"""

import os

# What a refusal says to wait comes as a timedelta, as it will in python-telegram-bot's next major version.
os.environ.setdefault("PTB_TIMEDELTA", "true")
