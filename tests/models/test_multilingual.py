"""An encoder of many languages, named by its folder: exported, indexed with and asked."""

from pathlib import Path

import pytest

from qa.answer.live import open_index
from qa.answer.present import answer_to_text
from qa.index.build import build_index
from qa.index.local.generations import Index
from qa.models.encoder import Encoder
from qa.settings import BuildSettings
from tests.conftest import write_corpus

pytestmark = pytest.mark.model

DOCUMENTS = {
    "billet.md": "# Tarifs\n\nLe prix du billet est de 12 euros. Le musée ferme à 18 heures.\n",
    "boot.md": "# Fähre\n\nDie letzte Fähre fährt um 22 Uhr. Hunde fahren umsonst mit.\n",
    "泳池.md": "# 游泳馆\n\n游泳馆星期一不开放。门票三十元。\n",
    "mill.md": "# The mill\n\nThe mill was built in 1802. It grinds rye.\n",
}
MANY = 65_000  # tokens, as the vocabularies of many languages have and English ones have not


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small XLM-RoBERTa with weights drawn at random, saved as Sentence Transformers does."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

    torch.manual_seed(3)
    place = tmp_path_factory.mktemp("many")
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    letters = sorted({letter for text in DOCUMENTS.values() for letter in text + "▁?¿"} - {"\n"})
    pieces = [*special, *letters, *(f"▁w{number}" for number in range(MANY))]
    tokenizer = Tokenizer(models.Unigram([(piece, -9.0) for piece in pieces], unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=128,
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
    ).save_pretrained(place / "bare")
    config = XLMRobertaConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=132,
        pad_token_id=1,
    )
    XLMRobertaModel(config).save_pretrained(place / "bare")
    transformer = Transformer(str(place / "bare"), max_seq_length=128)
    pooling = Pooling(32, "mean")
    SentenceTransformer(modules=[transformer, pooling], device="cpu").save(str(place / "model"))
    return place / "model"


def test_it_is_exported_searched_with_and_told_from_an_english_one(
    folder: Path, tmp_path: Path
) -> None:
    index_dir = tmp_path / "index"
    settings = BuildSettings(encoder=str(folder), precision="fp32")
    build_index(write_corpus(tmp_path / "corpus", DOCUMENTS), index_dir, settings)
    assert Encoder(Index.open(index_dir).encoder_dir).is_multilingual
    answerer = open_index(index_dir)
    for question, doc_id in (
        ("Quel est le prix du billet ?", "billet.md"),
        ("Wann fährt die letzte Fähre?", "boot.md"),
        ("游泳馆星期几不开放？", "泳池.md"),
        ("When was the mill built?", "mill.md"),
    ):
        answer = answerer.ask(question)
        assert answer.passages[0].passage.doc_id == doc_id
        assert answer.language == "", "there is nothing to warn of"
        assert "English" not in answer_to_text(answer)
    answerer.close()
