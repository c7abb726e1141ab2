"""This program with a writer: only where the reader finds an answer, each sentence checked."""

from benchmarks.peers.adapters.serving import ChatModel, Prose, serve
from benchmarks.peers.adapters.with_ours import Ours, quoted
from qa.settings import WriterSettings
from qa.write.client import ChatClient
from qa.write.writer import Writer

_SECONDS = 600.0


class WritingOurs(Ours):
    """The default gate and writer; what is struck is not shown."""

    def write(self, question: str, model: ChatModel) -> Prose:
        """Ask, then write; where nothing written stands, the documents' own words do."""
        answer = self._answerer.ask(question)
        if not answer.answered:
            return Prose("", (), declined=True)
        writer = Writer(ChatClient(WriterSettings(model.url, model.name, _SECONDS)), model.name)
        *_, written = writer.write(self._answerer, answer)
        if written.error:
            raise RuntimeError(written.error)
        standing = [sentence for sentence in written.sentences if sentence.citations]
        if not standing:
            return Prose(answer.answer or "", quoted(answer.citations), declined=False)
        cited = [one for sentence in standing for one in sentence.citations]
        return Prose(" ".join(s.text for s in standing), quoted(cited), declined=False)


if __name__ == "__main__":
    serve(WritingOurs)
