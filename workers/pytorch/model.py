"""The model: which weights train and at what rate, dropout, LoRA, and the loss at the tokens that count."""

import fnmatch
import math
import re

import numpy as np
import torch
from transformers import AutoModelForCausalLM

from data import INITIALIZATION, random_words

UNFREEZE_GROUPS = 4  # in gradual unfreezing the trainable layers are freed in this many groups, from the top


class SettingsError(Exception):
    """Settings with which nothing can be trained."""


def lowest_trainable_layer(freezing, layers, epoch):
    """The lowest layer that trains at an epoch (fractional): all above train too."""
    if freezing.get("unfreeze") != "gradual":
        return freezing["layers"]
    group = max(1, math.ceil((layers - freezing["layers"]) / UNFREEZE_GROUPS))
    freed = group * (1 + math.floor(epoch / (freezing.get("unfreezeEvery") or 1) + 1e-9))
    return max(freezing["layers"], layers - freed)


class TrainedModel:
    """A causal language model of Transformers with what trains of it, by the names of the ONNX engine."""

    def __init__(self, directory, settings, device, gradient_checkpointing=False):
        self.settings, self.device = settings, device
        if settings.get("basePrecision", "f32") in ("8bit", "4bit"):
            raise SettingsError("The PyTorch trainer keeps frozen layers in 16 or 32 bits. Leave the base precision out, or use the ONNX engine.")
        self.is_lora = settings["method"] == "lora"
        # Frozen weights are read only: bfloat16 holds them in half the memory. What trains stays in float32.
        dtype = torch.bfloat16 if device.type == "cuda" and self.is_lora else torch.float32
        self.causal = AutoModelForCausalLM.from_pretrained(directory, dtype=dtype, attention_dropout=0.0)
        for module in self.causal.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0  # dropout is where the settings put it, not where a configuration did
        self.decoder, self.head = self.causal.get_decoder(), self.causal.get_output_embeddings()
        self.layers = self.decoder.layers
        if settings["freezing"]["layers"] > len(self.layers):
            raise SettingsError(f"Frozen layers is {settings['freezing']['layers']}; the model has {len(self.layers)}.")
        self.whole = self._with_lora() if self.is_lora else self.causal
        self.whole.to(device).train()
        if not self.is_lora and settings["dropout"] > 0:
            self._add_dropout()
        if gradient_checkpointing:
            self.causal.gradient_checkpointing_enable({"use_reentrant": False})
        self.trainable = self._trainable()
        if not self.trainable:
            raise SettingsError("With these settings nothing is trained: all layers are frozen. Freeze fewer layers or tensors.")
        self.move_to(0)

    def _with_lora(self):
        from peft import LoraConfig, get_peft_model  # takes seconds to load, and most runs of small models do without

        lora, layers = self.settings["lora"], len(self.layers)
        config = LoraConfig(
            task_type="CAUSAL_LM", r=lora["rank"], lora_alpha=lora["alpha"], target_modules=lora["targets"],
            lora_dropout=self.settings["dropout"], use_rslora=lora["rankStabilized"],
            layers_to_transform=list(range(self.settings["freezing"]["layers"], layers)),
        )
        return get_peft_model(self.causal, config)

    def _add_dropout(self):
        """Dropout on what attention and MLP add to the residual, in layers that train."""

        def hook(index):
            def drop(module, inputs, output):
                if not self.whole.training or index < self.lowest:
                    return output
                first, *rest = output if isinstance(output, tuple) else (output,)
                dropped = torch.nn.functional.dropout(first, self.settings["dropout"])
                return (dropped, *rest) if isinstance(output, tuple) else dropped

            return drop

        for index, layer in enumerate(self.layers):
            layer.self_attn.register_forward_hook(hook(index))
            layer.mlp.register_forward_hook(hook(index))

    def _trainable(self):
        """Every parameter that trains at some time of the run, by name; adapters in the order of the ONNX engine."""
        freezing = self.settings["freezing"]
        found = {}
        for name, parameter in self.whole.named_parameters():
            short = name.removeprefix("base_model.model.").replace(".default.", ".")
            if self.is_lora and ".lora_" not in name or not self._trains(short, freezing["layers"]):
                parameter.requires_grad = False
            elif not any(_matches(pattern, short) for pattern in freezing.get("tensors") or []):
                found[short] = parameter
            else:
                parameter.requires_grad = False
        if self.is_lora:
            targets = self.settings["lora"]["targets"]
            place = lambda name: (_layer_of(name), next(i for i, t in enumerate(targets) if f".{t}." in name), name)
            found = {name: found[name] for name in sorted(found, key=place)}
            self._initialize(found)
        return found

    def _initialize(self, adapters):
        """PEFT's start, drawn from the run's seed: A uniform in ±1/√in, B zero."""
        for part, (name, parameter) in enumerate(adapters.items()):
            if ".lora_B." in name:
                torch.nn.init.zeros_(parameter)
                continue
            words = random_words(self.settings["seed"], INITIALIZATION, 0, parameter.numel(), part)
            bound = 1 / math.sqrt(parameter.shape[1])
            values = -bound + 2 * bound * ((words >> np.uint64(8)).astype(np.float64) * 2.0**-24)
            with torch.no_grad():
                parameter.copy_(torch.from_numpy(values.astype(np.float32)).view_as(parameter))

    def _trains(self, name, lowest):
        layer = _layer_of(name)
        if layer is not None:
            return layer >= lowest
        if "embed_tokens" in name:
            return lowest == 0 and not self.settings["freezing"]["embeddings"]
        return True

    def move_to(self, epoch):
        """Frees the layers that train at this epoch. Returns whether that changed anything."""
        lowest = lowest_trainable_layer(self.settings["freezing"], len(self.layers), epoch)
        changed = lowest != getattr(self, "lowest", None)
        self.lowest = lowest
        for name, parameter in self.trainable.items():
            parameter.requires_grad = self._trains(name, lowest)
        return changed

    def parameter_groups(self):
        """Groups for AdamW by weight decay (matrices only) and by share of the rate (layer-wise rates)."""
        groups = {}
        for name, parameter in self.trainable.items():
            layer, top = _layer_of(name), len(self.layers)
            depth = top if "embed_tokens" in name else 0 if layer is None else top - 1 - layer
            scale = (self.settings["freezing"].get("layerwiseDecay") or 1) ** depth
            decay = self.settings["weightDecay"] if parameter.dim() > 1 else 0.0
            groups.setdefault((decay, scale), []).append(parameter)
        return [{"params": group, "weight_decay": decay, "scale": scale} for (decay, scale), group in groups.items()]

    def losses(self, examples):
        """Cross-entropy of every supervised token [targets], in the order of the examples; logits only where it looks."""
        width = max(len(example.ids) for example in examples) - 1
        ids = torch.zeros(len(examples), width, dtype=torch.long)
        mask = torch.zeros_like(ids)
        rows, places, labels = [], [], []
        for row, example in enumerate(examples):
            length = len(example.ids) - 1  # the last token is only predicted, never read
            ids[row, :length] = torch.from_numpy(example.ids[:-1].astype(np.int64))
            mask[row, :length] = 1
            found = np.flatnonzero(example.supervised)
            rows += [row] * len(found)
            places += (found - 1).tolist()
            labels += example.ids[found].tolist()
        ids, mask = ids.to(self.device), mask.to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            hidden = self.decoder(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
            logits = self.head(hidden[rows, places]).float()
        cap = getattr(self.causal.config, "final_logit_softcapping", None)
        logits = cap * torch.tanh(logits / cap) if cap else logits
        return torch.nn.functional.cross_entropy(logits, torch.tensor(labels, device=self.device), reduction="none")


def _layer_of(name):
    match = re.search(r"\.layers\.(\d+)\.", name)
    return int(match[1]) if match else None


def _matches(pattern, name):
    base = re.sub(r"\.lora_[AB]\.weight$", ".weight", name)
    return fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(base, pattern)
