"""Set-off: cancel obligations around closed loops, the largest total that there is.

Rules
-----
1. An obligation is reduced by at least nothing and at most its amount.
2. No party's net position (what it owes minus what it is owed) changes.
3. The total cancelled is the largest possible. Equivalently: of all flows along the obligations that
   carry every net position, the least total is kept, and the rest cancels. That is a minimum-cost flow
   with unit costs and the obligations as capacities; it is integral, so no minor unit is split.
4. Parallel obligations (same debtor, same creditor) are one arc. What cancels of an arc goes to the
   oldest due date first, ties in input order (`merge`).
5. Only arcs inside a strongly connected component lie on a loop, so the others are kept whole
   (`components`). Components are solved apart (`run`, `solve`).
6. Every run gives a price for each party with which anyone can check in one pass that it is optimal.

The result depends on the input and its order alone. Among several optima the solver's is taken; older
due dates go first within an arc, not across arcs. Self-obligations and amounts that are not positive are
the caller's to exclude: they are refused here. One call is for one currency; `fixing` puts several together.

`set_off_under` takes a choice: another objective (`objective`) and limits (`limits`), and says their cost.

Sources: T. Fleischman, P. Dini, "Mathematical foundations for balancing the payment system in the trade
credit market", J. Risk Financial Manag. 14(9), 2021. V. Simic, M. Milanovic, "Some remarks on the problem
of multilateral compensation", Publ. Elektroteh. Fak., Univ. Belgrade, Ser. Mat. 3, 1992.
"""

from setfair.engine.setoff.certificate import Proof, check_lexicographic
from setfair.engine.setoff.choice import Choice, ChosenSetOff, set_off_under
from setfair.engine.setoff.merge import GROSS_MAX_MINOR
from setfair.engine.setoff.objective import Objective
from setfair.engine.setoff.run import SetOff, set_off

__all__ = [
    "GROSS_MAX_MINOR",
    "Choice",
    "ChosenSetOff",
    "Objective",
    "Proof",
    "SetOff",
    "check_lexicographic",
    "set_off",
    "set_off_under",
]
