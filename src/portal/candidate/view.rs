//! From the records to what a candidate may know.

use bytesize::ByteSize;

use crate::{
    challenge::Challenge,
    domain::Digest,
    hiring::{Attempts, Counts, State, Zone, instant},
    portal::Portal,
    render::portal::candidate::{CheckView, Deadline, InvitationView, Stage, UploadView},
    sending::{ai_policy, attempts},
    store::{Standing, Upload, counting},
};

use super::link::Link;

/// The page of a link.
pub(super) fn invitation(
    app: &Portal,
    link: &Link,
    standing: &Standing,
    challenge: &Challenge,
    uploads: &[Upload],
    checks: &[Option<CheckView>],
) -> InvitationView {
    let invitation = &standing.invitation;
    let (terms, manifest) = (&invitation.terms, &challenge.manifest);
    let (path, stage) = (link.path(), stage(standing.state));
    let attempts_line = attempts(invitation.attempts);
    let mut shown: Vec<UploadView> = uploads
        .iter()
        .zip(checks)
        .map(|(upload, check)| UploadView {
            attempt: upload.attempt,
            name: upload.original_name.clone(),
            received: moment(standing, upload.received_ms),
            size: size(upload.size),
            receipt: format!("{path}/receipts/{}", upload.id),
            counts: counts(uploads, invitation.attempts, upload),
            check: check.clone(),
        })
        .collect();
    shown.reverse();
    InvitationView {
        title: manifest.title.clone(),
        name: invitation.person.name.as_ref().map_or("you", |name| name.as_str()).to_owned(),
        code: invitation.code.to_string(),
        stage,
        form: app.csrf.token(&link.binding()),
        deadline: deadline(standing),
        time_box: terms.time_box().words(),
        groups: manifest.groups.iter().map(|group| (group.name.clone(), group.weight)).collect(),
        // The page has its own names for the two.
        ai_policy: sentence(ai_policy(manifest.ai_policy)),
        attempts: sentence(&attempts_line),
        kept_until: Zone::utc().day(terms.retain_until_ms()),
        contact: app.office.as_ref().map(|office| office.head.contact.to_string()),
        may_upload: may_upload(standing, uploads, app.now_ms()),
        may_decline: matches!(standing.state, State::Invited | State::Opened | State::Started),
        upload_bytes: app.settings.upload_bytes,
        upload_limit: size(app.settings.upload_bytes),
        state: state(standing, uploads, checks),
        refusal: None,
        uploads: shown,
        path,
    }
}

/// Changes with whatever a candidate may know of.
pub(super) fn state(
    standing: &Standing,
    uploads: &[Upload],
    checks: &[Option<CheckView>],
) -> String {
    let known = format!("{:?} {} {checks:?}", stage(standing.state), uploads.len());
    Digest::of(known.as_bytes()).short(16)
}

/// Whether something can be handed in: the store decides, this only spares a useless attempt.
pub(super) fn may_upload(standing: &Standing, uploads: &[Upload], now_ms: i64) -> bool {
    let in_time = now_ms < standing.invitation.terms.deadline_ms();
    let left = standing.invitation.attempts.most.is_none_or(|most| uploads.len() < most as usize);
    let takes = matches!(standing.state, State::Started | State::Submitted | State::Graded);
    takes && in_time && left
}

/// A moment on the candidate's clocks, or in UTC.
pub(super) fn moment(standing: &Standing, at_ms: i64) -> String {
    match &standing.invitation.person.zone {
        Some(zone) => zone.long(at_ms),
        None => Zone::utc().long(at_ms),
    }
}

/// Bytes for people.
pub(super) fn size(bytes: u64) -> String {
    ByteSize::b(bytes).display().iec().to_string()
}

fn deadline(standing: &Standing) -> Deadline {
    let at = standing.invitation.terms.deadline_ms();
    let zone = standing.invitation.person.zone.as_ref().filter(|zone| **zone != Zone::utc());
    Deadline {
        there: zone.map(|zone| format!("{}, {}", zone.long(at), zone.name())),
        utc: Zone::utc().long(at),
        instant: instant(at),
    }
}

/// Which one counts is only said where it follows from their order: a score is not for the candidate.
fn counts(uploads: &[Upload], attempts: Attempts, upload: &Upload) -> bool {
    attempts.counts == Counts::Latest
        && uploads.len() > 1
        && counting(uploads, attempts).is_some_and(|one| one.id == upload.id)
}

fn stage(state: State) -> Stage {
    match state {
        State::Draft | State::Invited | State::Opened => Stage::Invited,
        State::Started => Stage::Started,
        State::Submitted | State::Graded | State::InReview => Stage::Received,
        State::Expired => Stage::Late,
        State::Declined => Stage::Declined,
        State::Cancelled => Stage::Withdrawn,
        State::Decided | State::Archived | State::Purged => Stage::Over,
    }
}

/// What stands after the name that a letter puts before it.
fn sentence(text: &str) -> String {
    let text = text.split_once(": ").map_or(text, |(_, rest)| rest);
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}
