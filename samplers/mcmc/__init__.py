"""A Markov chain over the members of a language, whose law tends to the target conditioned on the language.

Let p(x) be the target's probability of the member x and its stop, and m(a|u) the masked probability of the token a
after the prefix u: the target's, renormalised over what the constraint allows. A step cuts x before one of its tokens
or before its stop, at position k with probability c(k|x), and draws a new end behind the first k tokens by m. The new
text y may be reached through every cut up to the first token in which x and y differ, number d(x, y), so that

    q(y|x) = Σ c(k|x) Π m(y_t|y_1...y_{t-1})    over k ≤ d(x, y), the product over all of y behind k, and its stop.

It is accepted with probability min(1, p(y) q(x|y) / (p(x) q(y|x))) (Metropolis-Hastings), which leaves p/Z unchanged.
A new end can die: no token fits in the budget, or none has any probability. It is no member and has p = 0, so that to
reject it keeps the chain exact. The position 0 may be cut in every text, and m reaches every member that p can write:
from any member the chain gets to any other one.

Where the budget is short, masked draws would mostly die. A draw looks at the tokens behind which an end is known to fit
(see `constrain.budget`): they get all of m but for the share `OUTSIDE`, with which all allowed tokens are drawn from.
So every member of the language stays in reach, those too whose ends are not known.

Where to cut: `restart` at the beginning, `uniform` at all positions alike, `priority` in proportion to the perplexity
of m there, so that positions are mostly left alone where there is hardly a choice.

What was read of the model is kept, by prefixes, so that a step costs a forward for each prefix that is new.

Source: Gonzalez et al. 2025, "Constrained Sampling for Language Models Should Be Easy: An MCMC Perspective".

`reading` is what is kept for a prefix, `text` a member with all that the chain has to know of it, `chain` the steps.
"""
