"""One prefix tree, from which texts are drawn ever closer to the model conditioned on a language.

Let p(a|u) be the target's probability of token a after the prefix u, the stop being one of the tokens, and c(u) the
probability that what the target writes after u makes a member of the language; Z = c(root). A member x is written by
the tokens a_0, a_1, ..., a_T, of which the last is the stop, through the prefixes u_0 (the root), u_1, ..., u_T; its
mass is p(x) = Π p(a_t|u_t), and the masses of all members add up to Z.

The tree keeps bounds θ(u) ≥ c(u), 1 where nothing is known, and 1 for a text that has stopped. With

    S(u) = Σ p(a|u) θ(ua)    over the tokens a that the constraint allows after u,

a draw takes a token with probability p(a|u) θ(ua) / S(u). The probability of all draws of a member is q(x), and

    w(x) = p(x) / q(x) = Π S(u_t) / θ(u_{t+1}) = S(root) Π_{t ≥ 1} S(u_t) / θ(u_t)

since the stop has the bound 1. Where S(u) = 0 nothing can be completed: the attempt is over, and weighs 0. So

    Σ q(x) w(x) 1{x} = p(x)    and    E[w] = Z,    whatever the bounds are, as long as they are above 0 where c is.

After an attempt θ(u) ← S(u) up the path. As c(u) = Σ p(a|u) c(ua), bounds stay bounds, and they only fall. Hence
S(u) ≤ θ(u) at every prefix, and w ≤ S(root). One mechanism, three endings:

- **ASAp** ignores w. The draws have the law q, which tends to the conditional one as the bounds tend to c (Park et al.
  2024, "Grammar-Aligned Decoding").
- **Adaptive rejection** accepts with probability w / S(root): of an attempt comes x with probability p(x) / S(root),
  whatever the tree looks like. So what is accepted has the conditional law, and does not depend on what came before
  (Parys et al. 2025, "Constrained Adaptive Rejection Sampling"). The ratio falls along the path, so that a uniform
  number that is drawn first tells as early as possible that the attempt is lost.
- **The weighted tree** keeps w.

Z is estimated without bias by the mean over a number of attempts that is fixed beforehand: of w, or of S(root) where an
attempt is accepted and 0 where not. The number of all attempts that n members take is not fixed. So of each member the
first attempt counts, n in all; and the weighted tree gives members of later attempts the weight 0, which leaves
E[w 1{x}] = p(x) true of everything it returns.

`branches` is what a node keeps, `prefix_tree` the tree, `walk` an attempt, `shared` the trees of this process, `files`
those on disk.
"""
