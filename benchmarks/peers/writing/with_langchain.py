"""LangChain: a retrieval chain with the prompt of its question-answering guide."""

from langchain_classic.chains import create_retrieval_chain
from langchain_classic.chains.combine_documents import create_stuff_documents_chain
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda
from langchain_openai import ChatOpenAI

from benchmarks.peers.adapters.serving import PASSAGES, ChatModel, Prose, Quoted, serve
from benchmarks.peers.adapters.with_langchain import LangChain

_SYSTEM = (
    "You are an assistant for question-answering tasks. Use the following pieces of retrieved "
    "context to answer the question. If you don't know the answer, say that you don't know. Use "
    "three sentences maximum and keep the answer concise.\n\n{context}"
)


class WritingLangChain(LangChain):
    """The chain gives back what it retrieved, to be shown as sources."""

    def write(self, question: str, model: ChatModel) -> Prose:
        """Run the chain."""
        prompt = ChatPromptTemplate.from_messages([("system", _SYSTEM), ("human", "{input}")])
        chat = ChatOpenAI(base_url=model.url, model=model.name, api_key="none")
        few = RunnableLambda(lambda asked: self._retriever.invoke(asked["input"])[:PASSAGES])
        chain = create_retrieval_chain(few, create_stuff_documents_chain(chat, prompt))
        came = chain.invoke({"input": question})
        sources = [
            Quoted(one.metadata["doc_id"], one.metadata["start_index"], one.page_content)
            for one in came["context"]
        ]
        return Prose(came["answer"], sources)


if __name__ == "__main__":
    serve(WritingLangChain)
