-- What candidates hand in through the portal.

-- A batch of one upload: `kind` stays 'grade', for what came in by a command is graded in the same way.
ALTER TABLE batches ADD COLUMN uploaded INTEGER NOT NULL DEFAULT 0 CHECK (uploaded IN (0, 1));

-- One attempt of an invitation. A row is there only with its submission, its grading and the invitation's new
-- state; `statement` is what the receipt says, word for word.
CREATE TABLE uploads (
    id              TEXT    PRIMARY KEY,
    invitation_id   INTEGER NOT NULL REFERENCES invitations (id),
    attempt         INTEGER NOT NULL CHECK (attempt > 0),
    submission_id   INTEGER NOT NULL REFERENCES submissions (id),
    grading_id      TEXT    NOT NULL REFERENCES gradings (id),
    received_sha256 TEXT    NOT NULL,
    size            INTEGER NOT NULL,
    original_name   TEXT    NOT NULL,
    began_ms        INTEGER NOT NULL,
    received_ms     INTEGER NOT NULL,
    statement       TEXT    NOT NULL,
    UNIQUE (invitation_id, attempt)
) STRICT;
CREATE INDEX uploads_of_grading ON uploads (grading_id);

CREATE TRIGGER uploads_never_change BEFORE UPDATE ON uploads
WHEN NEW.id IS NOT OLD.id OR NEW.invitation_id IS NOT OLD.invitation_id OR NEW.attempt IS NOT OLD.attempt
    OR NEW.submission_id IS NOT OLD.submission_id OR NEW.grading_id IS NOT OLD.grading_id
    OR NEW.received_sha256 IS NOT OLD.received_sha256 OR NEW.size IS NOT OLD.size
    OR NEW.began_ms IS NOT OLD.began_ms OR NEW.received_ms IS NOT OLD.received_ms
    OR NEW.statement IS NOT OLD.statement
    OR (SELECT state FROM invitations WHERE id = OLD.invitation_id) <> 'purged'
BEGIN SELECT RAISE(ABORT, 'an upload is never changed'); END;
CREATE TRIGGER uploads_are_never_deleted BEFORE DELETE ON uploads
BEGIN SELECT RAISE(ABORT, 'an upload is never deleted'); END;
