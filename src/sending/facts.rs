//! What a message about an invitation says.

use crate::{
    challenge::{AiPolicy, Challenge},
    hiring::{Attempts, Counts, Invitation, Zone},
    render::{LetterFacts, LetterText, Occasion, RenderError, Way, letter},
};

use super::Letterhead;

pub(super) fn write(
    occasion: Occasion<'_>,
    head: &Letterhead,
    challenge: &Challenge,
    invitation: &Invitation,
    link: Option<&str>,
) -> Result<LetterText, RenderError> {
    let terms = &invitation.terms;
    let manifest = &challenge.manifest;
    let groups: Vec<(&str, u32)> =
        manifest.groups.iter().map(|group| (group.name.as_str(), group.weight)).collect();
    let there = invitation.person.zone.as_ref().filter(|zone| **zone != Zone::utc());
    let there = there.map(|zone| format!("{}, {}", zone.long(terms.deadline_ms()), zone.name()));
    let package = package_name(challenge);
    let way = match head.portal {
        Some(_) => Way::Portal { link },
        None => Way::Mail { package: &package },
    };
    let facts = LetterFacts {
        name: invitation.person.name.as_ref().map_or("", |name| name.as_str()),
        from: head.from.name.as_str(),
        title: &manifest.title,
        code: invitation.code.as_str(),
        time_box: &terms.time_box().words(),
        deadline_there: there.as_deref(),
        deadline_utc: &Zone::utc().long(terms.deadline_ms()),
        groups: &groups,
        ai_policy: ai_policy(manifest.ai_policy),
        attempts: &attempts(invitation.attempts),
        kept_until: &Zone::utc().day(terms.retain_until_ms()),
        contact: &head.contact.to_string(),
        way,
    };
    letter(occasion, &facts)
}

/// What the package's file is called.
pub(super) fn package_name(challenge: &Challenge) -> String {
    format!("{}.zip", challenge.manifest.id)
}

/// A folder's name: challenge, name as far as it is ASCII, code.
pub(super) fn folder_name(invitation: &Invitation, about: Option<&str>) -> String {
    let name = invitation.person.name.as_ref().map_or("", |name| name.as_str());
    let mut slug = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug: String = slug.chars().take(40).collect();
    let parts =
        [invitation.challenge.as_str(), slug.trim_end_matches('-'), invitation.code.as_str()];
    let parts = parts.into_iter().chain(about).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-")
}

/// What candidates are told about AI assistants.
pub fn ai_policy(policy: AiPolicy) -> &'static str {
    match policy {
        AiPolicy::Allowed => "AI assistants: you may use them as you would at work.",
        AiPolicy::AllowedWithDisclosure => {
            "AI assistants: you may use them as you would at work. Please say in your solution where and \
             how you did."
        }
        AiPolicy::Forbidden => {
            "AI assistants: for this task, please do not use them; we would like to see your own code."
        }
    }
}

/// What candidates are told about attempts.
pub fn attempts(attempts: Attempts) -> String {
    let which = match attempts.counts {
        Counts::Latest => "the latest counts",
        Counts::Best => "the best counts",
    };
    match attempts.most {
        Some(1) => "Attempts: one. Take your time before you hand it in.".to_owned(),
        Some(most) => format!("Attempts: up to {most} until the deadline; {which}."),
        None => format!("Attempts: as many as you like until the deadline; {which}."),
    }
}
