"""The reader network: a BERT-like encoder with a span head and an answerability head.

Exports itself to int8 ONNX. Does not know data or training.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel

from qa.models.onnx_file import write_onnx
from qa.models.span_network import ANSWERABLE_OUTPUT, END_OUTPUT, INPUTS, START_OUTPUT

_MASKED = -1e4


class ReaderModel(nn.Module):  # type: ignore[misc]  # mypy does not follow torch
    """Question and passage in; span and answerability scores out."""

    def __init__(self, weights: Path, separator_id: int) -> None:
        """Load encoder weights; the heads start at random.

        Args:
            weights: A Hugging Face model folder.
            separator_id: Token that ends a segment; never part of an answer.
        """
        super().__init__()
        # Without dropout: a quarter faster, and no example is seen often enough to overfit.
        self.encoder = AutoModel.from_pretrained(
            weights,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            add_pooling_layer=False,
        )
        # Half of all weights, and good as they are: frozen, steps are a tenth quicker.
        self.encoder.embeddings.requires_grad_(False)
        width = self.encoder.config.hidden_size
        self.separator_id = separator_id
        self.span = nn.Linear(width, 2)
        self.dense = nn.Linear(width, width)
        self.answerable = nn.Linear(width, 1)
        self.evidence = nn.Parameter(torch.tensor(0.5))

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Score every token as start and end, and the passage as a whole.

        The first token stands for "no answer"; every other token outside the passage
        gets -10,000. Answerability adds the first token's own opinion to the log-odds of
        the spans against "no answer".

        Args:
            input_ids: Shape (batch, tokens).
            attention_mask: Same shape.
            token_type_ids: Same shape; 1 on the passage.

        Returns:
            Start logits and end logits, (batch, tokens), and answerable logits, (batch,).
        """
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        logits = self.span(hidden)
        passage = (token_type_ids == 1) & (input_ids != self.separator_id) & (attention_mask == 1)
        inside = torch.where(passage.unsqueeze(-1), logits, torch.full_like(logits, _MASKED))
        odds = (torch.logsumexp(inside[:, 1:], dim=1) - logits[:, 0]).mean(dim=-1)
        opinion = self.answerable(torch.tanh(self.dense(hidden[:, 0]))).squeeze(-1)
        scores = torch.cat([logits[:, :1], inside[:, 1:]], dim=1)
        return scores[..., 0], scores[..., 1], opinion + self.evidence * odds


def export_onnx(model: ReaderModel, path: Path, precision: str) -> None:
    """Write the model as ONNX: `int8` or `fp32`."""
    example = torch.tensor([[101, 2054, 102, 2023, 2003, 102]])
    tensors = (example, torch.ones_like(example), torch.tensor([[0, 0, 0, 1, 1, 1]]))
    tokens = {0: "batch", 1: "tokens"}
    outputs = {START_OUTPUT: tokens, END_OUTPUT: tokens, ANSWERABLE_OUTPUT: {0: "batch"}}
    write_onnx(model, dict(zip(INPUTS, tensors, strict=True)), outputs, path, precision)
