"""The reader network: an encoder with heads for spans, sentences, passages and claims.

Exports itself to int8 ONNX. Does not know data or training.
"""

from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from transformers import AutoModel

MASKED = -1e4
CLAIM_LABELS = ("supported", "refuted", "not_enough")


class Scores(NamedTuple):
    """What the heads say of a batch.

    Attributes:
        start: Start logits, (batch, tokens).
        end: End logits, same shape.
        answerable: Log-odds that the passage answers, (batch,).
        evidence: For every token, log-odds that its sentence belongs to the answer; the mean
            over a sentence's tokens is the sentence's, (batch, tokens).
        claim: Logits of `CLAIM_LABELS` for a claim in the question's place, (batch, 3).
    """

    start: Tensor
    end: Tensor
    answerable: Tensor
    evidence: Tensor
    claim: Tensor


def load_network(weights: Path, **settings: bool) -> Any:
    """Load an encoder's weights to be trained on, with further settings of its class.

    Without dropout: a quarter faster, and no example is seen often enough to overfit.
    """
    return AutoModel.from_pretrained(
        weights,
        attn_implementation="eager",
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        **settings,
    )


class ReaderModel(nn.Module):  # type: ignore[misc]  # mypy does not follow torch
    """Question and passage in; scores out."""

    def __init__(self, weights: Path, frozen_layers: int = 0) -> None:
        """Load encoder weights; the heads start at random.

        Args:
            weights: A Hugging Face folder of a BERT- or MPNet-like encoder.
            frozen_layers: So many of the lowest layers stay as they are; half of them
                halves the cost of a step.
        """
        super().__init__()
        self.encoder = load_network(weights, add_pooling_layer=False)
        # A large share of all weights, and good as they are; so are MPNet's of relative positions.
        self.encoder.embeddings.requires_grad_(False)
        if hasattr(self.encoder.encoder, "relative_attention_bias"):
            self.encoder.encoder.relative_attention_bias.requires_grad_(False)
        for layer in self.encoder.encoder.layer[:frozen_layers]:
            layer.requires_grad_(False)
        self.takes_types = self.encoder.config.model_type == "bert"
        width = self.encoder.config.hidden_size
        self.span = nn.Linear(width, 2)
        self.sentence = nn.Linear(width, 1)
        self.dense = nn.Linear(width, width)
        self.answerable = nn.Linear(width, 1)
        self.odds = nn.Parameter(torch.tensor(0.5))
        self.claim_dense = nn.Linear(width, width)
        self.claim = nn.Linear(width, len(CLAIM_LABELS))

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor | None, token_type_ids: Tensor
    ) -> Scores:
        """Score every token, and the passage as a whole.

        The first token stands for "no answer"; every other token outside the passage
        gets -10,000 as start and end. Answerability adds the first token's own opinion to the
        log-odds of the spans against "no answer".

        Args:
            input_ids: Shape (batch, tokens).
            attention_mask: Same shape; None where nothing is padded, as when exported: a tenth
                less to compute.
            token_type_ids: Same shape; 1 on the passage's own tokens.
        """
        types = {"token_type_ids": token_type_ids} if self.takes_types else {}
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, **types
        ).last_hidden_state
        logits = self.span(hidden).float()
        passage = token_type_ids == 1
        if attention_mask is not None:
            passage &= attention_mask == 1
        inside = torch.where(passage.unsqueeze(-1), logits, torch.full_like(logits, MASKED))
        odds = (torch.logsumexp(inside[:, 1:], dim=1) - logits[:, 0]).mean(dim=-1)
        first = hidden[:, 0]
        opinion = self.answerable(torch.tanh(self.dense(first))).squeeze(-1).float()
        scores = torch.cat([logits[:, :1], inside[:, 1:]], dim=1)
        return Scores(
            scores[..., 0],
            scores[..., 1],
            opinion + self.odds * odds,
            self.sentence(hidden).squeeze(-1).float(),
            self.claim(torch.tanh(self.claim_dense(first))).float(),
        )
