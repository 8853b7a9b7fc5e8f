"""Everything that sse-reload raises on purpose.

    LiveReloadError                 what happened, where, what to do next
    ├── BrokerFullError             more is waiting for a broker than may wait
    ├── DecodingError               a compressed answer that cannot be read
    ├── ExpectationError            what a test waits for has not come     (also an AssertionError)
    ├── InvalidEventError           an event that the wire cannot carry        (also a ValueError)
    ├── InvalidEventIdError         an id that is not <milliseconds>-<sequence> (also a ValueError)
    ├── InvalidEventTypeError       a type that payloads cannot be checked by    (also a TypeError)
    ├── InvalidSettingError         a setting of a stream that cannot be      (also a ValueError)
    ├── TooManyChannelsError        the cap on channels is reached, and all have readers
    ├── TooManyStreamsError         the cap on open streams is reached
    ├── InvalidPatternError         an ignore pattern that cannot be understood
    ├── MissingClientError          the browser's half is not beside the package
    ├── MissingExtraError           something that has to be installed as well
    ├── NotEnteredError             a broadcaster outside of its `async with`  (also a RuntimeError)
    ├── BuildError                  a site that cannot be built
    │   ├── EditorError             a place in a source that cannot be opened in an editor
    │   ├── EmptyOutputError        a build that ended well and left nothing
    │   └── GeneratorMissingError   the generator is not installed where it was looked for
    ├── ServerError                 the machine, or another program, is in the way
    │   ├── BrokerError             a broker that does not answer, or is not what is needed
    │   │   └── BrokerRefusedError  a broker that answers, and says no
    │   ├── AddressError            the address cannot be listened on, or the port is taken
    │   ├── NotReadableError        a folder that is there and may not be read
    │   └── NotRunningError         no server to talk to, or it refused
    └── UsageError                  the user's words; exit code 2
        ├── InvalidBrokerError      the URL of a broker that cannot be understood
        ├── CertificateError        a certificate or key that cannot be used
        ├── ConfigurationError      a configuration file, or one setting in it
        ├── NotAnAppError           what was to be wrapped is no ASGI application  (also a TypeError)
        ├── TargetError             what the proxy shall stand in front of
        ├── FolderError             a folder that is missing, or is not a folder
        ├── GeneratorChoiceError    a project whose generator is not clear
        └── InvalidHostError        an --allow-host that is not a name

An error prints as one to three lines: `what: where`, then the hint. A traceback is for our bugs only.
"""

from typing import ClassVar


class LiveReloadError(Exception):
    """What happened, where it happened, and what to do next.

    `exit_code` is what the command line ends with: 1 where the machine is at fault, 2 where the
    user's words are.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what, where, hint)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        first = f"{self.what}: {self.where}" if self.where else self.what
        return f"{first}\n{self.hint}" if self.hint else first


class BrokerFullError(LiveReloadError):
    """What is waiting to be sent to a broker has reached its bounds; this event does not wait."""


class DecodingError(LiveReloadError):
    """A compressed answer of an app that cannot be read."""


class ExpectationError(LiveReloadError, AssertionError):
    """What a test expects of a session has not come about."""


class InvalidEventError(LiveReloadError, ValueError):
    """An event name or id that holds NUL, CR or LF, which would forge fields on the wire."""


class InvalidEventIdError(LiveReloadError, ValueError):
    """A text that is not an event id."""


class InvalidEventTypeError(LiveReloadError, TypeError):
    """A type by which payloads cannot be checked."""


class InvalidSettingError(LiveReloadError, ValueError):
    """A setting of a broadcaster or a stream that cannot be used."""


class TooManyChannelsError(LiveReloadError):
    """The cap on channels is reached, and each of them has readers."""


class TooManyStreamsError(LiveReloadError):
    """The cap on open streams is reached."""


class InvalidPatternError(LiveReloadError, ValueError):
    """An ignore pattern that cannot be understood."""

    exit_code = 2


class MissingClientError(LiveReloadError):
    """The browser's half of the product is not where it was installed."""


class MissingExtraError(LiveReloadError):
    """Something that has to be installed as well."""


class NotEnteredError(LiveReloadError, RuntimeError):
    """A broadcaster that needs a connection, used where it has none yet or none any more."""


class BuildError(LiveReloadError):
    """A site that cannot be built, or something of it that cannot be had."""


class EditorError(BuildError):
    """A place in a source that cannot be opened in an editor."""


class EmptyOutputError(BuildError):
    """A build that ended well and left nothing."""


class GeneratorMissingError(BuildError):
    """The generator is not installed where it was looked for."""


class UsageError(LiveReloadError):
    """Something the user wrote, on the command line or in a configuration file, cannot be done."""

    exit_code = 2


class InvalidBrokerError(UsageError, ValueError):
    """A URL that names no broker."""


class CertificateError(UsageError):
    """A certificate or key that cannot be used."""


class ConfigurationError(UsageError):
    """A configuration file that cannot be read, or a setting in it that cannot be used."""


class NotAnAppError(UsageError, TypeError):
    """What was to be wrapped is not an ASGI application."""


class TargetError(UsageError):
    """A target that a proxy cannot stand in front of."""


class FolderError(UsageError):
    """A folder that is missing, or is not a folder."""


class GeneratorChoiceError(UsageError):
    """A project for which no generator, or more than one, was found."""


class InvalidHostError(UsageError):
    """An `--allow-host` that is not a name."""


class ServerError(LiveReloadError):
    """The machine, or another program on it, is in the way."""


class BrokerError(ServerError):
    """A broker that cannot be reached, or is not what is needed."""


class BrokerRefusedError(BrokerError):
    """A broker that answers, and will not do what it was asked."""


class AddressError(ServerError):
    """The address cannot be listened on, or the port is taken."""


class NotReadableError(ServerError):
    """A folder that is there and may not be read."""


class NotRunningError(ServerError):
    """No server to talk to, or the server refused what it was told."""
