"""Reference values for the metrics: scikit-learn, sacrebleu and rouge-score.

pip install scikit-learn sacrebleu rouge-score
python goldens/metrics/metrics.py
"""

import json
from pathlib import Path

from rouge_score import rouge_scorer
from sacrebleu.metrics import CHRF
from sklearn.metrics import accuracy_score, f1_score

pairs = [
    ["The cat sat on the mat.", "The cat sat on the mat."],
    ["the cat was found under the bed", "The cat was under the bed."],
    ["", "something was expected"],
    ["We regret the delay and will refund you.", "We are sorry for the delay; you will be refunded."],
    ["Kindly send the report at your earliest convenience", "Please send me the report soon"],
    ["a", "a b c d e f"],
    ["don't stop believing, 42 times!", "Do not stop believing 42 times"],
    ["Grüße aus Köln", "Viele Grüße aus Köln!"],
]

chrf = CHRF()
rouge = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)
texts = [
    {
        "candidate": candidate,
        "reference": reference,
        "chrf": chrf.sentence_score(candidate, [reference]).score,
        # rouge-score keeps ASCII letters only, so other texts have no reference here.
        "rougeL": rouge.score(reference, candidate)["rougeL"].fmeasure if (candidate + reference).isascii() else None,
    }
    for candidate, reference in pairs
]
corpus = chrf.corpus_score([c for c, _ in pairs], [[r for _, r in pairs]]).score

labels = [0, 1, 2, 3]
truth = [0, 0, 1, 1, 2, 2, 2, 0, 1, 2, 3, 0]
predicted = [0, 1, 1, 1, 2, 0, 2, 0, 2, 2, 0, 0]
classes = {
    "truth": truth,
    "predicted": predicted,
    "accuracy": accuracy_score(truth, predicted),
    "macroF1": f1_score(truth, predicted, average="macro"),
}

target = Path(__file__).with_name("metrics.json")
target.write_text(json.dumps({"texts": texts, "corpusChrf": corpus, "classes": classes}, indent=1, ensure_ascii=False) + "\n")
