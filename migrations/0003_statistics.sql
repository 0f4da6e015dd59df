-- Statistics look at one suite's results, submission by submission; this index alone answers which those are.
CREATE INDEX gradings_by_suite ON gradings (challenge, suite_sha256, submission_id, verdict, id)
    WHERE verdict IS NOT NULL;
