-- The same as in 0007, with the order of the tables and the index said: without statistics SQLite would read all
-- gradings of a challenge for each result.
DROP TRIGGER listing_of_results;
DROP VIEW counting;

-- The newest result of each submission; of these the best one, or that of the newest submission.
CREATE VIEW counting AS
SELECT i.id AS invitation_id, (
    SELECT g.id FROM invitations j
    CROSS JOIN candidates c INDEXED BY candidates_of_invitation
    CROSS JOIN submissions s
    CROSS JOIN gradings g INDEXED BY gradings_of_submission
    WHERE j.id = i.id AND c.invitation_id = j.id AND s.candidate_id = c.id
        AND g.submission_id = s.id AND g.challenge = j.challenge
        AND g.verdict IN ('graded', 'candidate_fault')
        AND g.id = (SELECT max(h.id) FROM gradings h INDEXED BY gradings_of_submission
            WHERE h.submission_id = s.id AND h.challenge = j.challenge
            AND h.verdict IN ('graded', 'candidate_fault'))
    ORDER BY CASE j.attempts_counts WHEN 'best' THEN coalesce(g.score, -1) ELSE 0 END DESC, s.id DESC
    LIMIT 1) AS grading_id
FROM invitations i;

CREATE TRIGGER listing_of_results AFTER UPDATE OF verdict ON gradings
WHEN NEW.verdict IN ('graded', 'candidate_fault')
BEGIN
    UPDATE listing SET (grading_id, verdict, score) = (
        SELECT g.id, g.verdict, g.score FROM counting k JOIN gradings g ON g.id = k.grading_id
        WHERE k.invitation_id = listing.invitation_id)
    WHERE invitation_id = (SELECT c.invitation_id FROM submissions s
        JOIN candidates c ON c.id = s.candidate_id WHERE s.id = NEW.submission_id);
END;
