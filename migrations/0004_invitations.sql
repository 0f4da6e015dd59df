-- The life of invitations. `expired` is no state here: it follows from the deadline and the clock.

CREATE TABLE people (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT,
    mail       TEXT,
    -- The address in lower case: one person an address.
    mail_key   TEXT,
    time_zone  TEXT,
    created_ms INTEGER NOT NULL,
    purged_ms  INTEGER,
    CHECK ((purged_ms IS NULL) = (name IS NOT NULL)),
    CHECK ((purged_ms IS NULL) = (mail IS NOT NULL)),
    CHECK ((purged_ms IS NULL) = (mail_key IS NOT NULL)),
    CHECK (purged_ms IS NULL OR time_zone IS NULL)
) STRICT;
CREATE UNIQUE INDEX people_by_mail ON people (mail_key) WHERE mail_key IS NOT NULL;

CREATE TABLE invitations (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    code               TEXT    NOT NULL UNIQUE,
    person_id          INTEGER NOT NULL REFERENCES people (id),
    challenge          TEXT    NOT NULL,
    state              TEXT    NOT NULL CHECK (state IN ('draft', 'invited', 'opened', 'started', 'submitted',
                       'graded', 'in_review', 'decided', 'declined', 'cancelled', 'archived', 'purged')),
    version            INTEGER NOT NULL CHECK (version > 0),
    token_sha256       TEXT UNIQUE,
    from_ms            INTEGER NOT NULL,
    base_deadline_ms   INTEGER NOT NULL,
    base_time_box_ms   INTEGER NOT NULL,
    multiplier_percent INTEGER NOT NULL CHECK (multiplier_percent BETWEEN 100 AND 400),
    retain_ms          INTEGER NOT NULL,
    attempts_most      INTEGER,
    attempts_counts    TEXT    NOT NULL CHECK (attempts_counts IN ('latest', 'best')),
    created_ms         INTEGER NOT NULL,
    CHECK (state <> 'purged' OR (token_sha256 IS NULL AND multiplier_percent = 100))
) STRICT;
CREATE INDEX invitations_of_person ON invitations (person_id, challenge);

-- Grants of more time, without a reason.
CREATE TABLE accommodations (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    invitation_id      INTEGER NOT NULL REFERENCES invitations (id),
    multiplier_percent INTEGER NOT NULL,
    approver           TEXT    NOT NULL,
    at_ms              INTEGER NOT NULL
) STRICT;
CREATE INDEX accommodations_of_invitation ON accommodations (invitation_id);

-- What was sent, or is about to be: the row is there before the message leaves. Never its text.
CREATE TABLE messages (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    invitation_id INTEGER NOT NULL REFERENCES invitations (id),
    kind          TEXT    NOT NULL,
    channel       TEXT    NOT NULL,
    recipient     TEXT,
    message_id    TEXT    NOT NULL,
    delivery      TEXT    NOT NULL CHECK (delivery IN ('pending', 'sent', 'failed')),
    detail        TEXT,
    queued_ms     INTEGER NOT NULL,
    settled_ms    INTEGER,
    CHECK ((delivery = 'pending') = (settled_ms IS NULL))
) STRICT;
CREATE INDEX messages_of_invitation ON messages (invitation_id);

-- Who of the candidates that submissions name was invited, and whose submissions were erased.
ALTER TABLE candidates ADD COLUMN invitation_id INTEGER REFERENCES invitations (id);
ALTER TABLE candidates ADD COLUMN erased_ms INTEGER;
CREATE INDEX candidates_of_invitation ON candidates (invitation_id) WHERE invitation_id IS NOT NULL;

-- Submissions' bytes that have to go; a row stays until they have.
CREATE TABLE erasures (
    sha256   TEXT    PRIMARY KEY,
    asked_ms INTEGER NOT NULL
) STRICT;

ALTER TABLE audit ADD COLUMN invitation_id INTEGER;
ALTER TABLE audit ADD COLUMN actor TEXT;
CREATE INDEX audit_of_invitation ON audit (invitation_id) WHERE invitation_id IS NOT NULL;

CREATE TRIGGER invitations_go_forward BEFORE UPDATE ON invitations WHEN NEW.version <= OLD.version
BEGIN SELECT RAISE(ABORT, 'the version of an invitation never goes back'); END;
CREATE TRIGGER purged_invitations_never_change BEFORE UPDATE ON invitations WHEN OLD.state = 'purged'
BEGIN SELECT RAISE(ABORT, 'a purged invitation is never changed'); END;
CREATE TRIGGER invitations_are_never_deleted BEFORE DELETE ON invitations
BEGIN SELECT RAISE(ABORT, 'an invitation is never deleted'); END;
CREATE TRIGGER purged_people_never_change BEFORE UPDATE ON people WHEN OLD.purged_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what is left of a person is never changed'); END;
CREATE TRIGGER people_are_never_deleted BEFORE DELETE ON people
BEGIN SELECT RAISE(ABORT, 'a person is never deleted'); END;
CREATE TRIGGER accommodations_never_change BEFORE UPDATE ON accommodations
BEGIN SELECT RAISE(ABORT, 'an accommodation is never changed'); END;
CREATE TRIGGER accommodations_go_with_the_invitation BEFORE DELETE ON accommodations
WHEN (SELECT state FROM invitations WHERE id = OLD.invitation_id) <> 'purged'
BEGIN SELECT RAISE(ABORT, 'an accommodation is never deleted before its invitation is purged'); END;
CREATE TRIGGER settled_messages_never_change BEFORE UPDATE ON messages
WHEN OLD.delivery <> 'pending' AND ((SELECT state FROM invitations WHERE id = OLD.invitation_id) <> 'purged'
    OR NEW.delivery <> OLD.delivery OR NEW.recipient IS NOT NULL OR NEW.detail IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'what became of a message is never changed'); END;
CREATE TRIGGER messages_are_never_deleted BEFORE DELETE ON messages
BEGIN SELECT RAISE(ABORT, 'a message is never deleted'); END;
CREATE TRIGGER erased_candidates_never_change BEFORE UPDATE ON candidates WHEN OLD.erased_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what is left of a candidate is never changed'); END;

-- The report of an erased candidate's grading loses the candidate's own words, and nothing that was decided.
DROP TRIGGER reports_never_change;
CREATE TRIGGER reports_never_change BEFORE UPDATE ON reports
WHEN NEW.grading_id IS NOT OLD.grading_id
    OR json_extract(NEW.json, '$.verdict') IS NOT json_extract(OLD.json, '$.verdict')
    OR json_extract(NEW.json, '$.score') IS NOT json_extract(OLD.json, '$.score')
    OR json_extract(NEW.json, '$.groups') IS NOT json_extract(OLD.json, '$.groups')
    OR json_extract(NEW.json, '$.provenance') IS NOT json_extract(OLD.json, '$.provenance')
    OR NOT EXISTS (SELECT 1 FROM gradings g JOIN submissions s ON s.id = g.submission_id
        JOIN candidates c ON c.id = s.candidate_id
        WHERE g.id = OLD.grading_id AND c.erased_ms IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a report is never changed'); END;
