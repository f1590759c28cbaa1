"""Networks and bags of words: from token ids to logits."""
