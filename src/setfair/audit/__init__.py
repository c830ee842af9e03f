"""The audit of a whole journal: decided again, hashed again, and compared with everything that is on record.

finding     what differs, and where
journal     page by page: bytes, records, tree, sums
signatures  checkpoints and cosignatures
tables      what was projected, and the saved books
kept        the state after an audit, from which the next one goes on
audit       all of it, in order
"""
