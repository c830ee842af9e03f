"""Decides. Books and instructions in, records out; no clock, file, network or random source.

`decide.py` is the one transition; each rule that it applies has a module, with its kernels beside it:

    layout        the arrays: accounts, payments, obligations, instructions, records
    books         the state of a house, made of those arrays
    ahead         lines of memory asked for before they are needed
    identity      which instructions were seen before
    ledger        available liquidity, limits, the booking of one payment
    queue         the queues of the accounts, and the release cascade
    entry         what happens to a payment when it comes in
    request       cancellations, and decisions on what screening held
    obligation    obligations and credit notes
    cycle         set-off of what is due (the optimum itself is in `setoff`), then netting of what remains
    net_rounds    who cannot pay and is left out, round by round (positions and legs are in `netting`)
    net_cycle     what netting changes in the books; records are in `cycle_records`, reductions in `reduce`
    day           phases of the business day
    invariants    what must hold after every page
"""
