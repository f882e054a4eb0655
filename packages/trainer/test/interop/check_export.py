"""Loads what Goldilocks wrote with Transformers (and PEFT), and compares the logits with ours.

usage: python check_export.py EXPECTED.json MODEL_FOLDER [ADAPTER_FOLDER] [--tolerance 1e-3]

MODEL_FOLDER is a merged model, or, with ADAPTER_FOLDER, the base model. EXPECTED.json is
    {"ids": [[int]], "logits": [[[float]]],              one text a row; logits [tokens][vocabulary] of each
     "texts": [{"text": str, "ids": [int]}],             optional: what the tokenizer must make of texts
     "chat": {"messages": [...], "text": str}}           optional: what the chat template must make of a conversation
Prints one JSON object; exits with 1 where anything differs. Needs torch, transformers and, for an adapter, peft.
"""
import argparse, json, sys, warnings
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def load(folder, adapter):
    """The model, and the names that the loader missed or did not know."""
    model, info = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    problems = [f'{kind}: {name}' for kind in ('missing_keys', 'unexpected_keys', 'mismatched_keys') for name in sorted(map(str, info[kind]))]
    if adapter:
        from peft import PeftModel
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter('always')
            model = PeftModel.from_pretrained(model, adapter)
        # PEFT only warns of names that it does not find.
        problems += [str(w.message)[:300] for w in caught if 'missing' in str(w.message) or 'unexpected' in str(w.message)]
    return model.eval(), problems


def largest_difference(model, expected):
    worst = 0.0
    for ids, logits in zip(expected['ids'], expected['logits'], strict=True):
        with torch.no_grad():
            found = model(input_ids=torch.tensor([ids])).logits[0]
        reference = torch.tensor(logits)
        if found.shape != reference.shape:
            raise SystemExit(f'logits have shape {list(found.shape)}, ours {list(reference.shape)}')
        worst = max(worst, (found - reference).abs().max().item())
    return worst


def check_text(folder, expected):
    if 'texts' not in expected and 'chat' not in expected:
        return []
    tokenizer = AutoTokenizer.from_pretrained(folder)
    problems = [f'token ids of {t["text"]!r}' for t in expected.get('texts', []) if tokenizer(t['text']).input_ids != t['ids']]
    chat = expected.get('chat')
    if chat and tokenizer.apply_chat_template(chat['messages'], tokenize=False) != chat['text']:
        problems.append('text of the conversation')
    return problems


def main():
    parser = argparse.ArgumentParser()
    for name in ('expected', 'model'):
        parser.add_argument(name)
    parser.add_argument('adapter', nargs='?')
    parser.add_argument('--tolerance', type=float, default=1e-3)
    options = parser.parse_args()
    with open(options.expected) as file:
        expected = json.load(file)
    model, problems = load(options.model, options.adapter)
    difference = largest_difference(model, expected)
    problems += check_text(options.model, expected)
    passed = not problems and difference <= options.tolerance
    print(json.dumps(dict(passed=passed, largest_difference=difference, tolerance=options.tolerance, problems=problems)))
    sys.exit(0 if passed else 1)


main()
