"""Plain sentence-transformers + FAISS, and a prompt that asks to say so where nothing is there."""

import json
from urllib.request import Request, urlopen

from benchmarks.peers.adapters.serving import PASSAGES, ChatModel, Prose, serve
from benchmarks.peers.adapters.with_plain import Plain

_PROMPT = (
    "Answer the question using only the passages below. If they do not hold the answer, say "
    '"I don\'t know."\n\n{passages}\n\nQuestion: {question}'
)


class WritingPlain(Plain):
    """One request; what was found is what can be cited."""

    def write(self, question: str, model: ChatModel) -> Prose:
        """Send the passages with the question."""
        found = self.search(question, PASSAGES)
        passages = "\n\n".join(one.text for one in found)
        prompt = _PROMPT.format(passages=passages, question=question)
        body = {"model": model.name, "messages": [{"role": "user", "content": prompt}]}
        request = Request(  # noqa: S310 - the address is the user's
            f"{model.url}/chat/completions",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urlopen(request) as response:  # noqa: S310 - the same
            said = json.load(response)
        return Prose(said["choices"][0]["message"]["content"], found)


if __name__ == "__main__":
    serve(WritingPlain)
