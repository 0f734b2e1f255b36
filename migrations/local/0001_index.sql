-- What is copied from the chain, and what is remembered about it.

-- One row an AuditEntry event. `meta` is the packed word, 32 bytes big-endian; `action` is its
-- highest byte in use, on its own so that it can be searched.
CREATE TABLE entries (
    block         INTEGER NOT NULL,
    log_index     INTEGER NOT NULL,
    subject       TEXT    NOT NULL,
    actor         TEXT    NOT NULL,
    ref           BLOB    NOT NULL,
    action        INTEGER NOT NULL,
    meta          BLOB    NOT NULL,
    digest        BLOB    NOT NULL,
    head          BLOB    NOT NULL,
    transaction_hash BLOB NOT NULL,
    PRIMARY KEY (block, log_index)
) STRICT, WITHOUT ROWID;

-- Each index ends with the primary key, so rows come out in the order of the chain.
CREATE INDEX entries_by_subject ON entries (subject);
CREATE INDEX entries_by_actor ON entries (actor);
CREATE INDEX entries_by_ref ON entries (ref);
CREATE INDEX entries_by_action ON entries (action);

-- Blocks up to which the index was filled.
CREATE TABLE checkpoints (
    number INTEGER PRIMARY KEY,
    hash   BLOB    NOT NULL,
    time   INTEGER NOT NULL
) STRICT;

-- Highest key versions, verified heads, profiles, settings: a value under a key in a space.
CREATE TABLE remembered (
    space TEXT NOT NULL,
    key   TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (space, key)
) STRICT, WITHOUT ROWID;
