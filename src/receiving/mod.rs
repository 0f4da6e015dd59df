//! What candidates hand in: an upload is spooled, taken in, recorded with all that follows from it, and
//! only then receipted. No HTTP and no engine in here.
