"""Loads what Goldilocks wrote with Transformers (and PEFT), and compares the logits with ours.

usage: python check_export.py JOBS.json [--tolerance 1e-3]

JOBS.json is [{"name": str, "model": folder, "expected": file, "adapter": folder or null}]: the model is merged, or, with an adapter, the base
model. The expected file is
    {"ids": [[int]], "logits": [[[float]]],              one text a row; logits [tokens][vocabulary] of each
     "labels": [str],                                   an encoder's classes; log-probabilities [classes] of each text instead of logits
     "texts": [{"text": str, "ids": [int]}],             optional: what the tokenizer must make of texts
     "chat": {"messages": [...], "text": str}}           optional: what the chat template must make of a conversation
Prints one JSON object a job; exits with 1 where anything differs. Needs torch, transformers and, for an adapter, peft.
"""
import argparse, json, sys, warnings
import torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer


def load(folder, adapter, labels):
    """The model, and the names that the loader missed or did not know."""
    if labels:
        kind, options = AutoModelForSequenceClassification, dict(num_labels=len(labels), id2label=dict(enumerate(labels))) if adapter else {}
    else:
        kind, options = AutoModelForCausalLM, {}
    model, info = kind.from_pretrained(folder, dtype=torch.float32, output_loading_info=True, **options)
    if labels and [model.config.id2label[i] for i in range(len(labels))] != labels:
        raise ValueError(f'classes are {model.config.id2label}, ours {labels}')
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
        if 'labels' in expected:
            found = found.log_softmax(-1)
        reference = torch.tensor(logits)
        if found.shape != reference.shape:
            raise ValueError(f'logits have shape {list(found.shape)}, ours {list(reference.shape)}')
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


def check(job, tolerance):
    with open(job['expected']) as file:
        expected = json.load(file)
    model, problems = load(job['model'], job.get('adapter'), expected.get('labels'))
    difference = largest_difference(model, expected)
    problems += check_text(job['model'], expected)
    passed = not problems and difference <= tolerance
    return dict(name=job['name'], passed=passed, largest_difference=difference, problems=problems)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('jobs')
    parser.add_argument('--tolerance', type=float, default=1e-3)
    options = parser.parse_args()
    with open(options.jobs) as file:
        jobs = json.load(file)
    passed = True
    for job in jobs:
        try:
            result = check(job, options.tolerance)
        except Exception as error:
            result = dict(name=job['name'], passed=False, problems=[f'{type(error).__name__}: {error}'[:500]])
        passed &= result['passed']
        print(json.dumps(result), flush=True)
    sys.exit(0 if passed else 1)


main()
