"""What a house gives out so that others can check it: quittances, checkpoints, tiles. Reads tables and pages.

What checks them is `setfair.proof`, which has nothing of this.
"""
