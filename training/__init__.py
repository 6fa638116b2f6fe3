"""How the shipped model is made: corpus, tokenizer, weights, evaluation. Nothing in the packages imports this."""
