"""LlamaIndex: its CitationQueryEngine, which numbers the sources and asks for the numbers."""

import re

from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.schema import TextNode
from llama_index.llms.openai_like import OpenAILike

from benchmarks.peers.adapters.serving import PASSAGES, ChatModel, Prose, Quoted, serve
from benchmarks.peers.adapters.with_llamaindex import LlamaIndex

_CONTEXT = 8192


class WritingLlamaIndex(LlamaIndex):
    """Sources whose numbers stand in the text are its citations."""

    def write(self, question: str, model: ChatModel) -> Prose:
        """Ask the engine; every node it retrieves becomes a source or several."""
        chat = OpenAILike(
            model=model.name,
            api_base=model.url,
            api_key="none",
            is_chat_model=True,
            context_window=_CONTEXT,
        )
        self._retriever.similarity_top_k = PASSAGES
        engine = CitationQueryEngine.from_args(self._index, llm=chat, retriever=self._retriever)
        came = engine.query(question)
        text, sources = str(came), came.source_nodes
        numbers = dict.fromkeys(
            int(number) for number in re.findall(r"\[(?:Source )?(\d+)\]", text)
        )
        cited = [sources[number - 1].node for number in numbers if 0 < number <= len(sources)]
        return Prose(text, [_quoted(node) for node in cited])


def _quoted(node: TextNode) -> Quoted:
    """A source's text begins with its number."""
    text = re.sub(r"^Source \d+:\n", "", node.text).removesuffix("\n")
    return Quoted(node.ref_doc_id, node.start_char_idx, text)


if __name__ == "__main__":
    serve(WritingLlamaIndex)
