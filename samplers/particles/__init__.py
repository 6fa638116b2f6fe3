"""Sequential Monte Carlo over the tokens of a text.

N particles are texts under way. Let p be the target, L the language and φ(u) ≥ 0 what the critics say of a prefix u,
φ(x) of a complete text x. A particle at u carries a weight W that is proper for p(u) φ(u): a step draws a token a with
a weight w that is proper for p(a|u) 1{allowed} (`samplers.steps`), and multiplies W by w φ(ua)/φ(u); the stop by
w φ(x)/φ(u) with the score of the complete text. The scores of the prefixes cancel along a text, so that

    E[W 1{x}] = p(x) φ(x) 1{x in L}    and    Z = E[W] = Σ p(x) φ(x) over L.

Where the effective sample size (Σ W)² / Σ W² falls below a share of N, particles are drawn anew: particle i becomes as
many as N W_i / Σ W on average, all of which carry the mean weight. That leaves all means what they were, whatever the
state of the particles tells about when to do it. A particle that stopped stays in the population with its weight and is
drawn like all others. One that nothing is allowed for, or whose budget ends before it may stop, has weight 0.

Ẑ is the mean weight at the end, and without bias. Source: Lew et al. 2023, "Sequential Monte Carlo Steering of Large
Language Models using Probabilistic Programs"; Loula et al. 2025, "Syntactic and Semantic Control of Large Language
Models via Sequential Monte Carlo" for critics.

`population` is the population and its steps, `resampling` the ways to draw it anew, `critics` the scores.
"""
