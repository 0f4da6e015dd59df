-- What the visible tests say of each upload, for its candidate: leased and fenced as gradings are. A row comes
-- to be with its upload's grading, in one transaction.
CREATE TABLE checks (
    grading_id       TEXT    PRIMARY KEY REFERENCES gradings (id),
    state            TEXT    NOT NULL CHECK (state IN ('queued', 'leased', 'done')),
    attempt          INTEGER NOT NULL,
    lost             INTEGER NOT NULL,
    lease_owner      TEXT,
    lease_expires_ms INTEGER,
    asked_ms         INTEGER NOT NULL,
    finished_ms      INTEGER,
    -- What there is to tell, or the fault of ours that kept it from being found out.
    result           TEXT,
    CHECK ((state = 'leased') = (lease_owner IS NOT NULL)),
    CHECK ((state = 'leased') = (lease_expires_ms IS NOT NULL)),
    CHECK ((state = 'done') = (finished_ms IS NOT NULL)),
    CHECK ((state = 'done') = (result IS NOT NULL))
) STRICT;
CREATE INDEX checks_queued ON checks (lost, asked_ms, grading_id) WHERE state = 'queued';
CREATE INDEX checks_leased ON checks (grading_id) WHERE state = 'leased';

CREATE TRIGGER finished_checks_never_change BEFORE UPDATE ON checks WHEN OLD.state = 'done'
BEGIN SELECT RAISE(ABORT, 'a finished check is never changed'); END;
CREATE TRIGGER attempts_at_checks_never_go_back BEFORE UPDATE ON checks WHEN NEW.attempt < OLD.attempt
BEGIN SELECT RAISE(ABORT, 'an attempt number never goes back'); END;
-- Its words are the candidate's: they go when the candidate is forgotten.
CREATE TRIGGER checks_go_with_their_candidate BEFORE DELETE ON checks
WHEN NOT EXISTS (SELECT 1 FROM gradings g JOIN submissions s ON s.id = g.submission_id
    JOIN candidates c ON c.id = s.candidate_id
    WHERE g.id = OLD.grading_id AND c.erased_ms IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a check is deleted with its candidate only'); END;

-- Processes that work on uploads, as long as they are heard of.
CREATE TABLE workers (
    owner      TEXT    PRIMARY KEY,
    slots      INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    seen_ms    INTEGER NOT NULL,
    -- What keeps it from working, such as an engine that does not answer.
    trouble    TEXT
) STRICT;

-- When a grading was last claimed: from there to its end it ran, before that it waited.
ALTER TABLE gradings ADD COLUMN leased_ms INTEGER;
