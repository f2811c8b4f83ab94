"""AdamW as BERT is fine-tuned with it, in torch: one place for the peers in this folder."""

from math import ceil

import torch
from transformers import get_linear_schedule_with_warmup


def adamw(model: torch.nn.Module, learning_rate: float) -> torch.optim.AdamW:
    """Decoupled weight decay 0.01 (none for biases and layer norms), betas 0.9 and 0.999, epsilon 1e-6, with bias
    correction. `fused` is torch's fastest CPU variant: one vectorised pass over each tensor."""
    decayed, plain = [], []
    for name, parameter in model.named_parameters():
        (plain if name.endswith(".bias") or "LayerNorm" in name else decayed).append(parameter)
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=(0.9, 0.999), eps=1e-6, fused=True)


def linear_schedule(optimizer: torch.optim.Optimizer, warmup: float, steps: int) -> torch.optim.lr_scheduler.LambdaLR:
    """Linear warm-up over ceil(warmup * steps) steps, then linear decay to 0. Stepped after the optimizer, so step k
    (from 0) trains at base * k / warm-up steps, then at base * (steps - k) / (steps - warm-up steps)."""
    return get_linear_schedule_with_warmup(optimizer, ceil(warmup * steps), steps)
