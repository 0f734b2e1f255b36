-- What the user asked for and the chain has not confirmed yet.

-- `body` is canonical CBOR of everything else that a job holds (medrec.store.rows). Ids are never
-- given twice: people and scripts name jobs by them.
CREATE TABLE jobs (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT    NOT NULL,
    body  BLOB    NOT NULL
) STRICT;

CREATE INDEX jobs_by_state ON jobs (state);

-- The spool: sealed blocks by CID. A block that no job holds belongs to a job about to be added.
CREATE TABLE blocks (
    cid  TEXT PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- Several jobs may need one block (a public profile sealed for nobody has one CID).
CREATE TABLE holds (
    job INTEGER NOT NULL REFERENCES jobs (id),
    cid TEXT    NOT NULL REFERENCES blocks (cid),
    PRIMARY KEY (job, cid)
) STRICT, WITHOUT ROWID;

CREATE INDEX holds_by_cid ON holds (cid);

-- Nonces that unfinished jobs have taken, by wallet.
CREATE TABLE nonces (
    who   TEXT    NOT NULL,
    nonce INTEGER NOT NULL,
    job   INTEGER NOT NULL REFERENCES jobs (id),
    PRIMARY KEY (who, nonce)
) STRICT, WITHOUT ROWID;

CREATE INDEX nonces_by_job ON nonces (job);
