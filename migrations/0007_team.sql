-- The hiring team: who may do what, what they wrote about submissions, and what they decided. Passwords are
-- argon2id's PHC strings; links and sessions are known by the SHA-256 of their secret only.

CREATE TABLE accounts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL,
    mail       TEXT    NOT NULL,
    -- The address in lower case: one account an address.
    mail_key   TEXT    NOT NULL UNIQUE,
    role       TEXT    NOT NULL CHECK (role IN ('admin', 'reviewer', 'viewer')),
    -- None until the set-up link was used.
    password   TEXT,
    disabled   INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    version    INTEGER NOT NULL DEFAULT 1,
    created_ms INTEGER NOT NULL
) STRICT;

-- Links that set a password, once. Without an account it is that of the first start, which makes one.
CREATE TABLE set_up_links (
    token_sha256 TEXT    PRIMARY KEY,
    account_id   INTEGER REFERENCES accounts (id),
    created_ms   INTEGER NOT NULL,
    expires_ms   INTEGER NOT NULL
) STRICT;
CREATE INDEX set_up_links_of_account ON set_up_links (account_id);

CREATE TABLE sessions (
    id_sha256  TEXT    PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    created_ms INTEGER NOT NULL,
    seen_ms    INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_account ON sessions (account_id);

-- By the digest of what was given as an address: people type passwords into the wrong field.
CREATE TABLE sign_in_failures (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    key_sha256 TEXT    NOT NULL,
    at_ms      INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_failures_of_key ON sign_in_failures (key_sha256, at_ms);

-- Remarks about a line of a submission's file. The words go with the candidate.
CREATE TABLE line_comments (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    invitation_id INTEGER NOT NULL REFERENCES invitations (id),
    sha256        TEXT    NOT NULL,
    path          TEXT    NOT NULL,
    line          INTEGER NOT NULL CHECK (line > 0),
    account_id    INTEGER NOT NULL REFERENCES accounts (id),
    words         TEXT    NOT NULL,
    at_ms         INTEGER NOT NULL,
    removed_ms    INTEGER
) STRICT;
CREATE INDEX line_comments_of_invitation ON line_comments (invitation_id, sha256);

-- One a reviewer and invitation. Once it is in, nobody changes it.
CREATE TABLE scorecards (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    invitation_id  INTEGER NOT NULL REFERENCES invitations (id),
    account_id     INTEGER NOT NULL REFERENCES accounts (id),
    -- What was looked at.
    grading_id     TEXT    REFERENCES gradings (id),
    rubric_sha256  TEXT    NOT NULL,
    recommendation TEXT CHECK (recommendation IN ('strong_yes', 'yes', 'no', 'strong_no')),
    words          TEXT    NOT NULL,
    -- Whether its writer knew no name when it came in.
    blind          INTEGER NOT NULL CHECK (blind IN (0, 1)),
    version        INTEGER NOT NULL,
    changed_ms     INTEGER NOT NULL,
    in_ms          INTEGER,
    UNIQUE (invitation_id, account_id),
    CHECK (in_ms IS NULL OR recommendation IS NOT NULL)
) STRICT;

CREATE TABLE marks (
    scorecard_id INTEGER NOT NULL REFERENCES scorecards (id),
    criterion    TEXT    NOT NULL,
    mark         INTEGER NOT NULL CHECK (mark BETWEEN 1 AND 4),
    words        TEXT    NOT NULL,
    PRIMARY KEY (scorecard_id, criterion)
) STRICT, WITHOUT ROWID;

CREATE TABLE decisions (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    invitation_id INTEGER NOT NULL UNIQUE REFERENCES invitations (id),
    account_id    INTEGER NOT NULL REFERENCES accounts (id),
    outcome       TEXT    NOT NULL CHECK (outcome IN ('advance', 'decline')),
    -- For the team.
    reason        TEXT    NOT NULL,
    -- For the candidate.
    feedback      TEXT    NOT NULL,
    at_ms         INTEGER NOT NULL
) STRICT;

-- What a list shows of an invitation, kept by the triggers below, so that sorting and counting read an index.
-- `grading_id` is the result that counts.
CREATE TABLE listing (
    invitation_id INTEGER PRIMARY KEY REFERENCES invitations (id),
    challenge     TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    deadline_ms   INTEGER NOT NULL,
    received      INTEGER NOT NULL,
    grading_id    TEXT,
    verdict       TEXT,
    score         REAL
) STRICT;
CREATE INDEX listing_by_state ON listing (state, challenge, deadline_ms);
CREATE INDEX listing_by_challenge ON listing (challenge, invitation_id);
CREATE INDEX listing_by_deadline ON listing (deadline_ms, invitation_id);
CREATE INDEX listing_by_score ON listing (score, invitation_id);
CREATE INDEX people_by_name ON people (name COLLATE NOCASE);

-- The newest result of each submission; of these the best one, or that of the newest submission.
CREATE VIEW counting AS
SELECT i.id AS invitation_id, (
    SELECT g.id FROM candidates c JOIN invitations j ON j.id = c.invitation_id
    JOIN submissions s ON s.candidate_id = c.id JOIN gradings g ON g.submission_id = s.id
    WHERE c.invitation_id = i.id AND g.challenge = j.challenge
        AND g.verdict IN ('graded', 'candidate_fault')
        AND g.id = (SELECT max(h.id) FROM gradings h WHERE h.submission_id = s.id
            AND h.challenge = j.challenge AND h.verdict IN ('graded', 'candidate_fault'))
    ORDER BY CASE j.attempts_counts WHEN 'best' THEN coalesce(g.score, -1) ELSE 0 END DESC, s.id DESC
    LIMIT 1) AS grading_id
FROM invitations i;

INSERT INTO listing
SELECT i.id, i.challenge, i.state,
    i.from_ms + (i.base_deadline_ms - i.from_ms) * i.multiplier_percent / 100,
    (SELECT count(*) FROM submissions s JOIN candidates c ON c.id = s.candidate_id
        WHERE c.invitation_id = i.id),
    k.grading_id, g.verdict, g.score
FROM invitations i JOIN counting k ON k.invitation_id = i.id LEFT JOIN gradings g ON g.id = k.grading_id;

CREATE TRIGGER listing_of_new_invitations AFTER INSERT ON invitations
BEGIN
    INSERT INTO listing VALUES (NEW.id, NEW.challenge, NEW.state,
        NEW.from_ms + (NEW.base_deadline_ms - NEW.from_ms) * NEW.multiplier_percent / 100,
        0, NULL, NULL, NULL);
END;
CREATE TRIGGER listing_of_changed_invitations AFTER UPDATE ON invitations
BEGIN
    UPDATE listing SET state = NEW.state,
        deadline_ms = NEW.from_ms + (NEW.base_deadline_ms - NEW.from_ms) * NEW.multiplier_percent / 100
    WHERE invitation_id = NEW.id;
END;
CREATE TRIGGER listing_of_new_submissions AFTER INSERT ON submissions
BEGIN
    UPDATE listing SET received = received + 1
    WHERE invitation_id = (SELECT invitation_id FROM candidates WHERE id = NEW.candidate_id);
END;
CREATE TRIGGER listing_of_results AFTER UPDATE OF verdict ON gradings WHEN NEW.verdict IS NOT NULL
BEGIN
    UPDATE listing SET (grading_id, verdict, score) = (
        SELECT g.id, g.verdict, g.score FROM counting k JOIN gradings g ON g.id = k.grading_id
        WHERE k.invitation_id = listing.invitation_id)
    WHERE invitation_id = (SELECT c.invitation_id FROM submissions s
        JOIN candidates c ON c.id = s.candidate_id WHERE s.id = NEW.submission_id)
        AND NEW.verdict IN ('graded', 'candidate_fault');
END;

ALTER TABLE audit ADD COLUMN account_id INTEGER;

CREATE TRIGGER accounts_are_never_deleted BEFORE DELETE ON accounts
BEGIN SELECT RAISE(ABORT, 'an account is never deleted'); END;
CREATE TRIGGER scorecards_that_are_in_never_change BEFORE UPDATE ON scorecards
WHEN OLD.in_ms IS NOT NULL AND ((SELECT state FROM invitations WHERE id = OLD.invitation_id) <> 'purged'
    OR NEW.words <> '' OR NEW.in_ms IS NOT OLD.in_ms OR NEW.blind <> OLD.blind
    OR NEW.recommendation IS NOT OLD.recommendation)
BEGIN SELECT RAISE(ABORT, 'a scorecard that is in is never changed'); END;
CREATE TRIGGER scorecards_are_never_deleted BEFORE DELETE ON scorecards
BEGIN SELECT RAISE(ABORT, 'a scorecard is never deleted'); END;
CREATE TRIGGER marks_that_are_in_are_never_added BEFORE INSERT ON marks
WHEN (SELECT in_ms FROM scorecards WHERE id = NEW.scorecard_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a scorecard that is in is never changed'); END;
CREATE TRIGGER marks_that_are_in_never_change BEFORE UPDATE ON marks
WHEN (SELECT in_ms FROM scorecards WHERE id = OLD.scorecard_id) IS NOT NULL
    AND (NEW.mark <> OLD.mark OR NEW.criterion <> OLD.criterion OR NEW.words <> ''
    OR (SELECT i.state FROM scorecards s JOIN invitations i ON i.id = s.invitation_id
        WHERE s.id = OLD.scorecard_id) <> 'purged')
BEGIN SELECT RAISE(ABORT, 'a scorecard that is in is never changed'); END;
CREATE TRIGGER marks_that_are_in_are_never_deleted BEFORE DELETE ON marks
WHEN (SELECT in_ms FROM scorecards WHERE id = OLD.scorecard_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a scorecard that is in is never changed'); END;
CREATE TRIGGER decisions_never_change BEFORE UPDATE ON decisions
WHEN NEW.outcome <> OLD.outcome OR NEW.reason <> '' OR NEW.feedback <> ''
    OR (SELECT state FROM invitations WHERE id = OLD.invitation_id) <> 'purged'
BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END;
CREATE TRIGGER decisions_are_never_deleted BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END;
