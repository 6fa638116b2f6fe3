"""Masks applied to a model's scores: refused tokens become minus infinity, and the packed bits stay packed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from constrain.arguments import wrong_type
from constrain.cpu_masks import LAYOUTS, mask_on_cpu
from constrain.device_masks import mask_from_table
from constrain.mask_tensors import unpack_tensor
from constrain.score_memory import empty_scores

Words: TypeAlias = NDArray[Any] | torch.Tensor
WORDS: Final = "the masks of Automaton.mask or Automaton.fill: a numpy array or a tensor of uint32 or int32"


def apply_mask(
    logits: torch.Tensor,
    words: Words,
    *,
    out: torch.Tensor | None = None,
    indices: Sequence[int] | None = None,
) -> torch.Tensor:
    """`logits` with minus infinity for every token that its mask refuses; the others stay as they are, bit for bit.

    `logits` are `[batch, width]` or `[width]`, of float16, bfloat16, float32 or float64, on any device. `words` are the
    masks as `Automaton.mask` and `Automaton.fill` give them: `[batch, mask_words]`, or one mask that all rows share;
    an array, or a tensor. Tokens beyond the words are refused (models score more ids than their tokenizer has), bits
    beyond `width` are not looked at. With `indices` only these rows are masked, row `i` of `logits` by row `i` of
    `words`, and the others are kept.

    The result is a new tensor, through which gradients flow, or `out`, of the same shape, type and device.
    `out=logits` masks in place, which is quickest.

    Raises `TypeError` for arguments of a wrong type, `ValueError` for shapes that do not fit together and an `out` that
    cannot be written, `IndexError` for indices of no row.
    """
    _check_logits(logits)
    rows, masks = _as_rows(logits), _checked_words(words)
    batch = rows.shape[0]
    chosen = None if indices is None else _checked_indices(indices, batch, len(masks))
    if chosen is None and len(masks) not in {1, batch}:
        raise ValueError(f"{batch} rows of logits need as many masks, or one for all, not {len(masks)}")
    needs_gradient = logits.requires_grad and torch.is_grad_enabled()
    if out is not None:
        _check_out(logits, out, needs_gradient)
    if needs_gradient:
        return torch.where(_allowed(rows, masks, chosen), rows, -torch.inf).view(logits.shape)
    target = empty_scores(logits) if out is None else out
    mask_into = _mask_on_cpu if rows.is_cpu else _mask_on_device
    mask_into(rows, masks, _as_rows(target), chosen)
    return target


def _mask_on_cpu(rows: torch.Tensor, masks: Words, out: torch.Tensor, chosen: NDArray[np.int64] | None) -> None:
    words, is_plain = _as_array(masks), rows.stride(1) == 1 == out.stride(1)
    if is_plain and (chosen is None or out.data_ptr() == rows.data_ptr()):
        mask_on_cpu(rows, words, out, chosen)
        return
    whole = out if out.stride(1) == 1 else torch.empty_like(out, memory_format=torch.contiguous_format)
    whole.copy_(rows)
    mask_on_cpu(whole, words, whole, chosen)
    if whole is not out:
        out.copy_(whole)


def _mask_on_device(rows: torch.Tensor, masks: Words, out: torch.Tensor, chosen: NDArray[np.int64] | None) -> None:
    places = torch.from_numpy(_places(rows.shape[0], len(masks), chosen)).to(rows.device)
    mask_from_table(rows, _as_tensor(masks, rows.device), places, out)


def _as_rows(scores: torch.Tensor) -> torch.Tensor:
    return scores if scores.dim() == 2 else scores.unsqueeze(0)


def _allowed(rows: torch.Tensor, masks: Words, chosen: NDArray[np.int64] | None) -> torch.Tensor:
    """Which scores are kept, one boolean each."""
    known = min(rows.shape[1], 32 * masks.shape[1])
    bits = unpack_tensor(_as_tensor(masks, rows.device), known)
    bits = torch.nn.functional.pad(bits, (0, rows.shape[1] - known))
    places = torch.from_numpy(_places(rows.shape[0], len(masks), chosen)).to(rows.device)
    return bits[places.clamp(min=0)] | (places < 0).unsqueeze(1)


def _places(batch: int, masks: int, chosen: NDArray[np.int64] | None) -> NDArray[np.int32]:
    """For every row of a batch the number of its mask, -1 where it has none."""
    if chosen is None:
        return np.zeros(batch, np.int32) if masks == 1 else np.arange(batch, dtype=np.int32)
    places = np.full(batch, -1, np.int32)
    places[chosen] = 0 if masks == 1 else chosen
    return places


def _as_array(masks: Words) -> NDArray[np.uint32]:
    found = masks.cpu().numpy() if isinstance(masks, torch.Tensor) else masks
    return np.ascontiguousarray(found).view(np.uint32)


def _as_tensor(masks: Words, device: torch.device) -> torch.Tensor:
    found = masks if isinstance(masks, torch.Tensor) else torch.from_numpy(np.ascontiguousarray(masks).view(np.int32))
    return found.contiguous().view(torch.int32).to(device)


def _check_logits(logits: Any) -> None:
    if not isinstance(logits, torch.Tensor) or logits.dtype not in LAYOUTS:
        kinds = ", ".join(str(dtype).removeprefix("torch.") for dtype in LAYOUTS)
        found = logits.dtype if isinstance(logits, torch.Tensor) else logits
        raise wrong_type("logits", f"a tensor of {kinds}", found)
    if logits.dim() not in {1, 2}:
        raise ValueError(
            f"logits are [batch, width] or [width], not {list(logits.shape)}: choose one position, such as "
            "logits[:, -1, :], or merge the first dimensions with logits.flatten(0, -2)"
        )


def _checked_words(words: Any) -> Words:
    """The masks as rows."""
    kinds: tuple[Any, ...] = (torch.int32, torch.uint32) if isinstance(words, torch.Tensor) else (np.int32, np.uint32)
    if not isinstance(words, torch.Tensor | np.ndarray) or words.dtype not in kinds:
        raise wrong_type("words", WORDS, getattr(words, "dtype", words))
    if words.ndim not in {1, 2}:
        raise ValueError(f"words are [batch, mask_words] or [mask_words], not {list(words.shape)}")
    masks: Words = words[None] if words.ndim == 1 else words
    return masks


def _checked_indices(indices: Sequence[int], rows: int, masks: int) -> NDArray[np.int64]:
    found = np.array(indices, np.int64) if len(indices) else np.empty(0, np.int64)
    most = rows if masks == 1 else min(rows, masks)
    wrong = found[(found < 0) | (found >= most)]
    if wrong.size:
        raise IndexError(
            f"indices name rows from 0 to {most - 1} ({rows} rows of logits, {masks} masks), not {wrong[0]}"
        )
    return found


def _check_out(logits: torch.Tensor, out: Any, needs_gradient: bool) -> None:
    if out is not logits:
        _check_like(logits, out)
    if needs_gradient or (out.requires_grad and torch.is_grad_enabled()):
        raise ValueError("no gradient flows through out: leave it out, or call this under torch.no_grad()")
    _check_memory(logits, out)


def _check_like(logits: torch.Tensor, out: Any) -> None:
    if not isinstance(out, torch.Tensor):
        raise wrong_type("out", "a tensor like logits", out)
    if (out.shape, out.dtype, out.device) != (logits.shape, logits.dtype, logits.device):
        raise ValueError(
            f"out has to be like logits, {logits.dtype} {list(logits.shape)} on {logits.device}, "
            f"not {out.dtype} {list(out.shape)} on {out.device}"
        )


def _check_memory(logits: torch.Tensor, out: torch.Tensor) -> None:
    if not out.numel():
        return
    steps = out.stride()
    if 0 in steps and any(step == 0 and size > 1 for step, size in zip(steps, out.shape, strict=True)):
        raise ValueError("the rows of out share memory (an expanded tensor): give it memory of its own, with clone()")
    if out is logits or out.untyped_storage().data_ptr() != logits.untyped_storage().data_ptr():
        return
    if (out.data_ptr(), steps) != (logits.data_ptr(), logits.stride()):
        raise ValueError("out lies in the memory of logits: give logits itself, or a tensor of its own")
