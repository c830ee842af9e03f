-- The truth: pages with the tree over their records, what was signed of it, and a checkpoint of the books that only
-- saves time. Nothing else is needed.
CREATE TABLE IF NOT EXISTS page (
    page_number       INTEGER PRIMARY KEY,
    time_utc          TEXT    NOT NULL,
    instruction_kind  TEXT    NOT NULL,
    first_instruction INTEGER NOT NULL,
    instruction_count INTEGER NOT NULL,
    first_record      INTEGER NOT NULL,
    record_count      INTEGER NOT NULL,
    root              BLOB    NOT NULL,
    peaks             BLOB    NOT NULL,
    body              BLOB    NOT NULL
);
-- Pages whose bytes are in a file of an archive: their `body` above is empty.
CREATE TABLE IF NOT EXISTS archived (
    first_page INTEGER PRIMARY KEY,
    last_page  INTEGER NOT NULL,
    path       TEXT    NOT NULL,
    bytes      INTEGER NOT NULL,
    sha256     TEXT    NOT NULL
);
-- The first piece of the saved books, and those behind it in order.
CREATE TABLE IF NOT EXISTS books_checkpoint (
    page_number INTEGER PRIMARY KEY,
    body        BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS books_piece (
    piece_number INTEGER PRIMARY KEY,
    sha256       BLOB NOT NULL,
    body         BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS tree_node (
    first_record INTEGER PRIMARY KEY,
    hashes       BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS signed_checkpoint (
    page_number INTEGER PRIMARY KEY,
    note        TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS cosignature (
    page_number INTEGER NOT NULL,
    key_name    TEXT    NOT NULL,
    line        TEXT    NOT NULL,
    PRIMARY KEY (page_number, key_name)
) WITHOUT ROWID;
