"""Adaptive weighted rejection sampling: one token and a proper weight, from few looks at the constraint.

Let p be the probabilities of what may come next, A the choices that the constraint allows and Z = p(A). A draw (x, w)
is properly weighted if E[w 1{x = y}] = p(y) for every y in A, and 0 for all others; then E[w] = Z. The constraint is
only asked about single choices. Source of the recursive and the geometric estimator: Lipkin et al. 2025, "Fast
Controlled Generation from Language Models with Adaptive Weighted Rejection Sampling"; the derivations are our own, and
are what the tests enumerate.

**Recursive.** Draw without replacement. With the mass L still in the urn, x comes with probability p(x)/L. Suppose the
claim holds for what is left of the urn after any x is refused: E[w 1{y}] = p(y). Then refused choices bring
Σ p(x)/L · p(y) = p(y) (1 - Z/L), over the x not in A. An accepted y has to bring p(y) Z/L, so it needs a weight whose
mean is Z: the known p(y), and what is estimated of the rest. One more draw z from the rest tells that: p(y), and
L - p(y) more if z passes. Several draws without replacement give an estimate each (the mass that was found before, and
the mass of what is left if the draw passes; Des Raj 1956), whose mean is taken. `max_accepts` - 1 such draws are made.

*Truncation.* After `max_rejects` - 1 refused choices one more is drawn. If it is refused the weight is 0, so that an
accepted y has to bring all of p(y): its weight is L, without another draw.

**Thrifty**, which is the recursive one with its looks better spent; each choice depends only on what is known already,
so the mean stays what it has to be.

- The draw after the acceptance is made with a probability s. Without it the rest is guessed to pass by a share g, and
  with it the guess is corrected by 1/s times its error. s = 4/3 of the rest's share of L, at most 1: where little is
  left to be learnt one seldom looks. g = 1 / (2 + refused). s is at least what keeps every weight from being negative.
- Once a choice was refused, the heaviest in the urn is looked at by itself if it has a quarter of L. Refused, it leaves
  the urn, as if it had been drawn. Allowed, it is known: drawn, it costs nothing, and its mass is no estimate.

**Geometric.** Draws with replacement are imagined until `max_accepts` of them passed or `max_rejects` were refused. A
repeated choice needs no second look, and the number of refused repeats before something new is geometric. Of a accepted
and r refused draws, w is the probability that the first was accepted, given a and r (Rao-Blackwell):
min(a, `max_accepts` - 1) / (a + r - 1), and 0 for a = 0; x is the first that was accepted. The indicator of an accepted
first draw has mean Z, and which of A it is does not depend on a and r.

**Masks.** Where the constraint can name A in one step, refused choices beyond `mask_after` call for that: all that is
not in A leaves the urn at once, as if it had been drawn and refused. L is Z then, x is drawn from A, and w = Z exactly.
Where the mask is only a superset of A, the walk goes on with fewer choices. The geometric estimator needs another form
for that, as its weight of 0 for a = 0 is spent: take the indicator that the draw *after* the first accepted one is
accepted too. It has mean Z wherever something was accepted, so that w = Z is right elsewhere. Its mean given a and r,
over all arrangements, is the same as before but for r = `max_rejects` and a = 1, where it is 0.

With a proposal q of the same vocabulary everything is done with q in place of p, and w is multiplied by p(x)/q(x).

`estimators` are the rules, for any kind of numbers; `urn` is what they draw from; `settings` what a caller may choose;
`steps` one token of a text.
"""
