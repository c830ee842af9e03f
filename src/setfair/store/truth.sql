-- The truth: pages, and a checkpoint of the books that only saves time. Nothing else is needed.
CREATE TABLE IF NOT EXISTS page (
    page_number       INTEGER PRIMARY KEY,
    time_utc          TEXT    NOT NULL,
    instruction_kind  TEXT    NOT NULL,
    first_instruction INTEGER NOT NULL,
    instruction_count INTEGER NOT NULL,
    first_record      INTEGER NOT NULL,
    record_count      INTEGER NOT NULL,
    body              BLOB    NOT NULL
);
CREATE TABLE IF NOT EXISTS books_checkpoint (
    page_number INTEGER PRIMARY KEY,
    body        BLOB NOT NULL
);
