//! What the visible tests say of attempts, as far as their candidate is told.

use crate::{
    domain::{Checked, TestOutcome, VisibleCheck},
    portal::Portal,
    render::portal::candidate::CheckView,
    store::{Checking, Checks as _, StoreError, Upload},
};

/// One for each attempt. A fault of ours looks as if nobody had asked: it is not the candidate's.
pub(super) async fn checks(
    app: &Portal,
    uploads: &[Upload],
) -> Result<Vec<Option<CheckView>>, StoreError> {
    let mut views = Vec::with_capacity(uploads.len());
    for upload in uploads {
        views.push(match app.store.check_of(&upload.grading).await? {
            Some(Checking::Waiting | Checking::Running) => Some(CheckView::Waiting),
            Some(Checking::Done(Checked::Done(check))) => Some(view(check)),
            Some(Checking::Done(Checked::Unavailable(_))) | None => None,
        });
    }
    Ok(views)
}

fn view(check: VisibleCheck) -> CheckView {
    if let Some(problem) = check.problem {
        return CheckView::Broken(format!("{}\n\n{}", problem.message.trim_end(), problem.remedy));
    }
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let (passed, total) = (number(check.passed()), number(check.tests.len()));
    let failing = check.tests.into_iter().filter(|test| test.outcome != TestOutcome::Passed);
    CheckView::Ran { passed, total, failing: failing.map(|test| test.name).collect() }
}
