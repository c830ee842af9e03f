"""The door between words and arrays: names become places, batches become instructions, once.

directory   participants, accounts and parties by name
digest      identities and content digests, in bulk
payments, obligations, parties   one family of batches each
"""
