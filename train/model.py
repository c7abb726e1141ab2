"""The reader network: a BERT-like encoder with a span head and an answerability head.

Exports itself to int8 ONNX. Does not know data or training.
"""

import logging
import warnings
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from transformers import AutoModel

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = ("start_logits", "end_logits", "answerable_logit")
_MASKED = -1e4
_OPSET = 17


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


def export_onnx(model: ReaderModel, path: Path, *, quantize: bool) -> None:
    """Write the model as ONNX, with int8 weights if asked to."""
    example = torch.tensor([[101, 2054, 102, 2023, 2003, 102]])
    inputs = (example, torch.ones_like(example), torch.tensor([[0, 0, 0, 1, 1, 1]]))
    exported = path.with_suffix(".part")
    axes = {name: {0: "batch", 1: "tokens"} for name in (*INPUTS, *OUTPUTS[:2])}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model.eval(),
            inputs,
            str(exported),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes={**axes, OUTPUTS[2]: {0: "batch"}},
            opset_version=_OPSET,
            dynamo=False,
        )
    if not quantize:
        exported.replace(path)
        return
    logging.disable(logging.WARNING)  # it advises a step that only static quantising needs
    try:
        # 7-bit weights: without VNNI the 8-bit product saturates.
        quantize_dynamic(
            exported, path, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
        )
    finally:
        logging.disable(logging.NOTSET)
    exported.unlink()
