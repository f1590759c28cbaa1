"""Ask the official library what all-MiniLM-L6-v2 makes of some sentences.

Run once, where `pip install sentence-transformers` works, with the folder of
the model (config.json, model.safetensors, tokenizer.json and the rest):

    python make_golden_minilm.py FOLDER
"""

import json
import sys
from pathlib import Path

import sentence_transformers
import transformers

SENTENCES = [
    "Good.",
    "This is not a good movie.",
    "Not bad at all, I was never bored!",
    "An unwatchable, overlong mess; Rathbone's only embarrassing role.",
    "Naïve café owners — 10/10 <br />",
    "The plot makes no sense and the jokes are old, but " * 12,
]


def main(folder: str) -> None:
    """Write `results/minilm.json`, for the tests and for chapter 17."""
    model = sentence_transformers.SentenceTransformer(folder, device="cpu")
    vectors = model.encode(SENTENCES, batch_size=1)
    found = {
        "made_with": {
            "sentence-transformers": sentence_transformers.__version__,
            "transformers": transformers.__version__,
        },
        "rows": [
            {
                "text": text,
                "pieces": model.tokenizer(text)["input_ids"],
                "vector": [round(float(number), 6) for number in vector],
            }
            for text, vector in zip(SENTENCES, vectors, strict=True)
        ],
    }
    target = Path(__file__).parents[2] / "results" / "minilm.json"
    target.write_text(json.dumps(found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
