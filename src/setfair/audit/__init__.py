"""The audit of a whole journal: decided again, hashed again, and compared with everything that is on record.

finding     what differs, and where
journal     page by page: bytes, records, tree, sums
signatures  checkpoints and cosignatures
tables      balances and queue in the tables, and the saved books
again       the tables made again, row by row
file        the database file beside its rows
kept        the state after an audit, from which the next one goes on
audit       all of it, in order
"""
