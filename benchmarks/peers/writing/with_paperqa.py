"""paper-qa: `Docs.aquery`, which has every passage summed up and rated before it writes."""

import asyncio

from paperqa import Settings

from benchmarks.peers.adapters.serving import PASSAGES, ChatModel, Prose, Quoted, serve
from benchmarks.peers.adapters.with_paperqa import PaperQA


class WritingPaperQA(PaperQA):
    """As many passages as the others; those that its answer is made of are its sources."""

    def write(self, question: str, model: ChatModel) -> Prose:
        """Sum up, then answer."""
        called = f"openai/{model.name}"
        served = {
            "model_name": called,
            "litellm_params": {"model": called, "api_base": model.url, "api_key": "none"},
        }
        settings = Settings(llm=called, summary_llm=called)
        settings.llm_config = settings.summary_llm_config = {"model_list": [served]}
        settings.answer.evidence_k = PASSAGES
        settings.answer.max_concurrent_requests = 1
        session = asyncio.run(
            self._docs.aquery(question, settings, embedding_model=self._embedding)
        )
        used = [one for one in session.contexts if one.id in session.used_contexts]
        sources = [Quoted(one.text.doc.dockey, 0, one.text.text) for one in used]
        return Prose(session.answer, sources)


if __name__ == "__main__":
    serve(WritingPaperQA)
