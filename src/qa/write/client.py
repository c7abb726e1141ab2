"""Stream text from a chat model behind an OpenAI-compatible endpoint.

Ollama, llama.cpp, vLLM and hosted services speak this protocol. Does not know what is asked
of the model, or what becomes of its words.
"""

import os
import time
from collections.abc import Iterator, Sequence
from typing import Literal, TypedDict
from urllib.parse import urlsplit

import httpx
import msgspec

from qa.errors import UsageError, WriterError
from qa.settings import WriterSettings

KEY_VARIABLE = "QA_LLM_KEY"
_TRIES = 3
_BACK_OFF_SECONDS = 0.5
_CONNECT_SECONDS = 5.0
_SAID_OF_AN_ERROR = 300
# Far above what was asked for; a server that never ends is left.
_MOST_CHARACTERS_A_TOKEN = 16


class Message(TypedDict):
    """One message of a chat."""

    role: Literal["system", "user"]
    content: str


class ContextTooLongError(WriterError):
    """The model's context is too short for what it was given."""


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = msgspec.field(default_factory=list)


class ChatClient:
    """A chat model of the user's. Safe to use from several threads."""

    def __init__(self, settings: WriterSettings) -> None:
        """Prepare; nothing is sent yet.

        Args:
            settings: Where the model is; its key is read from `QA_LLM_KEY`.

        Raises:
            UsageError: The address is not one of the web.
        """
        self._settings = settings
        self._address = _completions(settings.url)
        key = os.environ.get(KEY_VARIABLE, "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        timeout = httpx.Timeout(settings.seconds, connect=_CONNECT_SECONDS)
        # No redirects: they would take passages and key to another place than the one named.
        self._client = httpx.Client(headers=headers, timeout=timeout, follow_redirects=False)

    @property
    def place(self) -> str:
        """Where passages are sent: host and port, for people."""
        return urlsplit(self._address).netloc.rpartition("@")[2]

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield the model's words as they come; closing the iterator stops the model.

        Raises:
            ContextTooLongError: There is too much for the model to read.
            WriterError: The model cannot be reached, refuses, or takes too long.
        """
        body = {
            "model": self._settings.model,
            "messages": list(messages),
            "stream": True,
            "temperature": 0,
            "max_tokens": self._settings.max_tokens,
        }
        deadline = time.monotonic() + self._settings.seconds
        left = self._settings.max_tokens * _MOST_CHARACTERS_A_TOKEN
        for piece in self._pieces(body):
            left -= len(piece)
            yield piece
            if left < 0:
                return
            if time.monotonic() > deadline:
                raise WriterError(
                    f"the writer at {self.place} took longer than {self._settings.seconds:g} s; "
                    "allow it more with --llm-seconds, or name a smaller model"
                )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _pieces(self, body: object) -> Iterator[str]:
        for attempt in range(_TRIES):
            try:
                with self._client.stream("POST", self._address, json=body) as response:
                    if _worth_another_try(response.status_code) and attempt + 1 < _TRIES:
                        time.sleep(_BACK_OFF_SECONDS * 2**attempt)
                        continue
                    self._check(response)
                    yield from _contents(response)
                    return
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if attempt + 1 == _TRIES:
                    raise WriterError(
                        f"no writer answers at {self.place} ({error}); start it, or name another "
                        "with --llm URL"
                    ) from error
                time.sleep(_BACK_OFF_SECONDS * 2**attempt)
            except httpx.HTTPError as error:
                raise WriterError(
                    f"the writer at {self.place} broke off ({error or type(error).__name__})"
                ) from error

    def _check(self, response: httpx.Response) -> None:
        if response.status_code == httpx.codes.OK:
            return
        said = " ".join(response.read()[:4000].decode("utf-8", "replace").split())
        if response.status_code in (400, 413, 500) and "context" in said.lower():
            raise ContextTooLongError(said[:_SAID_OF_AN_ERROR])
        advice = {
            401: f"; put its key into {KEY_VARIABLE}",
            403: f"; put its key into {KEY_VARIABLE}",
            404: "; is --llm-model one that it has, and --llm its address?",
        }.get(response.status_code, "")
        raise WriterError(
            f"the writer at {self.place} refused with {response.status_code}{advice} "
            f"({said[:_SAID_OF_AN_ERROR]})"
        )


def _completions(url: str) -> str:
    """Return the address of chat completions for a server's address, with or without /v1."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"--llm {url!r}: expected an address such as http://127.0.0.1:11434/v1")
    path = parts.path.rstrip("/")
    if not path.endswith("/chat/completions"):
        path = f"{path or '/v1'}/chat/completions"
    return parts._replace(path=path, fragment="").geturl()


def _worth_another_try(status: int) -> bool:
    return status in (429, 502, 503, 504)


def _contents(response: httpx.Response) -> Iterator[str]:
    """Read server-sent events; what is no chunk of text is passed over."""
    for line in response.iter_lines():
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or not data:
            continue
        if data == "[DONE]":
            return
        try:
            chunk = msgspec.json.decode(data, type=_Chunk)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise WriterError(f"the writer sent what is not of its protocol ({error})") from error
        for choice in chunk.choices[:1]:
            if choice.delta.content:
                yield choice.delta.content
