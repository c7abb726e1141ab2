"""Haystack: a prompt builder and a generator behind the retrievers, as in its RAG tutorial."""

from haystack.components.builders import ChatPromptBuilder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.utils import Secret

from benchmarks.peers.adapters.serving import PASSAGES, ChatModel, Prose, Quoted, serve
from benchmarks.peers.adapters.with_haystack import Haystack

_TEMPLATE = """
Given the following information, answer the question.

Context:
{% for document in documents %}
    {{ document.content }}
{% endfor %}

Question: {{question}}
Answer:
"""


class WritingHaystack(Haystack):
    """The documents that went into the prompt are what can be shown."""

    def write(self, question: str, model: ChatModel) -> Prose:
        """Build the prompt and generate."""
        found = self._run(question)["joiner"]["documents"][:PASSAGES]
        builder = ChatPromptBuilder(
            template=[ChatMessage.from_user(_TEMPLATE)],
            required_variables=["documents", "question"],
        )
        generator = OpenAIChatGenerator(
            api_key=Secret.from_token("none"), model=model.name, api_base_url=model.url
        )
        prompt = builder.run(documents=found, question=question)["prompt"]
        (reply,) = generator.run(messages=prompt)["replies"]
        sources = [
            Quoted(one.meta["doc_id"], one.meta["split_idx_start"], one.content) for one in found
        ]
        return Prose(reply.text or "", sources)


if __name__ == "__main__":
    serve(WritingHaystack)
