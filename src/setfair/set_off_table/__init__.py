"""Set-off of a table without a house: what takes part is read, set off by currency, and given out.

read     a file of obligations to columns, and why a row is left out
choose   objective and limits of each currency
clear    the set-off of each currency, its table and its certificate
fund     the same with money put in
certify_money  its certificate
loops    what was cleared, taken apart into loops
curve    debt discharged against liquidity
"""
