"""txtai: its RAG pipeline with the template of its documentation, and the reference it names."""

from txtai import LLM, RAG

from benchmarks.peers.adapters.serving import PASSAGES, ChatModel, Prose, Quoted, serve
from benchmarks.peers.adapters.with_txtai import Txtai

_SYSTEM = "You are a friendly assistant. You answer questions from users."
_TEMPLATE = """
Answer the following question using only the context below. Only include information
specifically discussed.

question: {question}
context: {context} """


class WritingTxtai(Txtai):
    """`reference` is the row that is most like the answer."""

    def write(self, question: str, model: ChatModel) -> Prose:
        """Run the pipeline."""
        chat = LLM(f"openai/{model.name}", method="litellm", api_base=model.url, api_key="none")
        pipeline = RAG(
            self._embeddings,
            chat,
            system=_SYSTEM,
            template=_TEMPLATE,
            context=PASSAGES,
            output="reference",
        )
        came = pipeline([{"name": "", "query": question, "question": question}])[0]
        (row,) = self._embeddings.search(
            "select id, text from txtai where id = :id", parameters={"id": came["reference"]}
        )
        return Prose(came["answer"], [Quoted(row["id"], 0, row["text"])])


if __name__ == "__main__":
    serve(WritingTxtai)
