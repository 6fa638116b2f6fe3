"""The bytes of the tokens of other people's tokenizers, one module for each family."""
