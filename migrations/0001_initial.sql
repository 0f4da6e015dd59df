-- What a hiring round leaves behind. Times are milliseconds since 1970 (UTC); digests are 64 lower-case
-- hexadecimal characters. What is finished is never changed: triggers at the end keep that.

CREATE TABLE challenges (
    id           TEXT    NOT NULL,
    suite_sha256 TEXT    NOT NULL,
    seen_ms      INTEGER NOT NULL,
    PRIMARY KEY (id, suite_sha256)
) STRICT;

CREATE TABLE candidates (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL UNIQUE,
    created_ms INTEGER NOT NULL
) STRICT;

-- An archive's canonical bytes are the blob of that digest. Without a digest it was refused at intake.
CREATE TABLE submissions (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    candidate_id  INTEGER NOT NULL REFERENCES candidates (id),
    sha256        TEXT,
    original_name TEXT    NOT NULL,
    received_ms   INTEGER NOT NULL,
    UNIQUE (candidate_id, sha256)
) STRICT;
CREATE INDEX submissions_by_content ON submissions (sha256);

CREATE TABLE batches (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT    NOT NULL CHECK (kind IN ('grade', 'regrade')),
    challenge    TEXT    NOT NULL,
    suite_sha256 TEXT    NOT NULL,
    options      TEXT    NOT NULL,
    created_ms   INTEGER NOT NULL,
    FOREIGN KEY (challenge, suite_sha256) REFERENCES challenges (id, suite_sha256)
) STRICT;

-- One run of a suite over a submission. `attempt` counts the leases that were given and fences the
-- write of the result; `lost` counts those whose owner was never heard of again.
CREATE TABLE gradings (
    id               TEXT    PRIMARY KEY,
    submission_id    INTEGER NOT NULL REFERENCES submissions (id),
    challenge        TEXT    NOT NULL,
    suite_sha256     TEXT    NOT NULL,
    seed             TEXT    NOT NULL,
    state            TEXT    NOT NULL CHECK (state IN ('queued', 'leased', 'done')),
    turn             INTEGER NOT NULL,
    attempt          INTEGER NOT NULL,
    lost             INTEGER NOT NULL,
    lease_owner      TEXT,
    lease_expires_ms INTEGER,
    queued_ms        INTEGER NOT NULL,
    finished_ms      INTEGER,
    verdict          TEXT CHECK (verdict IN ('graded', 'candidate_fault', 'author_fault', 'infra_fault')),
    score            REAL,
    image_digest     TEXT,
    takehome_version TEXT,
    wall_ms          INTEGER,
    CHECK ((state = 'leased') = (lease_owner IS NOT NULL)),
    CHECK ((state = 'leased') = (lease_expires_ms IS NOT NULL)),
    CHECK ((state = 'done') = (verdict IS NOT NULL)),
    CHECK ((state = 'done') = (finished_ms IS NOT NULL)),
    FOREIGN KEY (challenge, suite_sha256) REFERENCES challenges (id, suite_sha256)
) STRICT;
CREATE INDEX gradings_queued ON gradings (lost, turn, id) WHERE state = 'queued';
CREATE INDEX gradings_leased ON gradings (id) WHERE state = 'leased';
CREATE INDEX gradings_of_submission ON gradings (submission_id, challenge, suite_sha256);
CREATE INDEX gradings_of_challenge ON gradings (challenge, finished_ms);

-- The final report as it was printed, apart from the columns above so that tables stay quick.
CREATE TABLE reports (
    grading_id TEXT PRIMARY KEY REFERENCES gradings (id),
    json       TEXT NOT NULL
) STRICT;

CREATE TABLE test_results (
    grading_id  TEXT    NOT NULL REFERENCES gradings (id),
    position    INTEGER NOT NULL,
    test        TEXT    NOT NULL,
    group_name  TEXT    NOT NULL,
    outcome     TEXT    NOT NULL,
    duration_ms INTEGER NOT NULL,
    PRIMARY KEY (grading_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE integrity_notes (
    grading_id TEXT    NOT NULL REFERENCES gradings (id),
    position   INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    detail     TEXT    NOT NULL,
    PRIMARY KEY (grading_id, position)
) STRICT, WITHOUT ROWID;

-- What a batch consists of. Several may share a grading: the same bytes are graded once.
CREATE TABLE batch_entries (
    batch_id      INTEGER NOT NULL REFERENCES batches (id),
    position      INTEGER NOT NULL,
    submission_id INTEGER NOT NULL REFERENCES submissions (id),
    grading_id    TEXT    NOT NULL REFERENCES gradings (id),
    reused        INTEGER NOT NULL,
    previous_id   TEXT REFERENCES gradings (id),
    PRIMARY KEY (batch_id, position)
) STRICT;
CREATE INDEX batch_entries_of_grading ON batch_entries (grading_id, batch_id);
CREATE INDEX batch_entries_of_submission ON batch_entries (submission_id, batch_id);

CREATE TABLE audit (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms      INTEGER NOT NULL,
    action     TEXT    NOT NULL,
    batch_id   INTEGER,
    grading_id TEXT,
    detail     TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_of_grading ON audit (grading_id) WHERE grading_id IS NOT NULL;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

CREATE TRIGGER finished_gradings_never_change BEFORE UPDATE ON gradings WHEN OLD.state = 'done'
BEGIN SELECT RAISE(ABORT, 'a finished grading is never changed'); END;
CREATE TRIGGER gradings_are_never_deleted BEFORE DELETE ON gradings
BEGIN SELECT RAISE(ABORT, 'a grading is never deleted'); END;
CREATE TRIGGER attempts_never_go_back BEFORE UPDATE ON gradings WHEN NEW.attempt < OLD.attempt
BEGIN SELECT RAISE(ABORT, 'an attempt number never goes back'); END;
CREATE TRIGGER reports_never_change BEFORE UPDATE ON reports
BEGIN SELECT RAISE(ABORT, 'a report is never changed'); END;
CREATE TRIGGER reports_are_never_deleted BEFORE DELETE ON reports
BEGIN SELECT RAISE(ABORT, 'a report is never deleted'); END;
CREATE TRIGGER test_results_never_change BEFORE UPDATE ON test_results
BEGIN SELECT RAISE(ABORT, 'a test result is never changed'); END;
CREATE TRIGGER test_results_are_never_deleted BEFORE DELETE ON test_results
BEGIN SELECT RAISE(ABORT, 'a test result is never deleted'); END;
