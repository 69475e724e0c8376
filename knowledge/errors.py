"""The errors that a person may see. Each message is one Chinese sentence that says what to do.

LianzhengError
├── RegisterError   a file that is no register, or breaks a rule of registers
├── StoreError      the database can't be opened, read or written
└── ConfigError     a wrong setting (raised by ``bot.config``)
"""


class LianzhengError(Exception):
    """Base of all errors whose message may be shown to a user as it is."""


class RegisterError(LianzhengError):
    """The file can't be read as a register."""


class StoreError(LianzhengError):
    """The database can't be opened, read or written."""


class ConfigError(LianzhengError):
    """A setting is missing or wrong; the message names the file and the key."""
