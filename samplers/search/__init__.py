"""The most probable members of a language, found best first, with a proof that nothing better is left.

The probability of a prefix is an upper bound on that of every member that begins with it. The search keeps a frontier
of prefixes that were not read yet, which between them begin all members not seen so far. It always reads the one of the
highest bound, and takes down the members that end there. A member that is no less probable than every bound of the
frontier is the best. (This is Dijkstra's shortest path, -log p being the length of an edge.)

At first it goes down a single path, as greedy decoding does, so that there is a member early. Its probability lets
prefixes be given up: those below it can begin no better one. Where the frontier takes more memory than it may, the
least probable prefixes are given up too, and their bound is kept: the search then still ends, and says what might be
among them.

`frontier` are the prefixes that are left, `best` the search.
"""
