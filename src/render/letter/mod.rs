//! Messages to candidates: the same blocks as text and as a page, so that the two never differ.

mod words;

use askama::Template;

use super::{RenderError, text};

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion<'a> {
    /// The invitation itself.
    Invitation,
    /// The deadline comes nearer.
    Reminder,
    /// There is more time than was said.
    NewTime,
    /// It was taken back.
    Cancellation {
        /// What the team wants to add.
        note: &'a str,
    },
}

/// How the package gets there and the solution comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way<'a> {
    /// By the portal; the link where the message may have it, otherwise the invitation's counts.
    Portal {
        /// The personal link.
        link: Option<&'a str>,
    },
    /// By mail: the package of this name is attached to the invitation.
    Mail {
        /// The file's name.
        package: &'a str,
    },
}

/// Everything that a message may say. What it lacks (hidden tests, multipliers, other candidates) no
/// template can show.
#[derive(Debug, Clone, Copy)]
pub struct LetterFacts<'a> {
    /// Whom it addresses.
    pub name: &'a str,
    /// Who sends it.
    pub from: &'a str,
    /// The challenge's title.
    pub title: &'a str,
    /// What the invitation is called.
    pub code: &'a str,
    /// `90 minutes`.
    pub time_box: &'a str,
    /// The deadline on the candidate's clocks, where they said where they are.
    pub deadline_there: Option<&'a str>,
    /// The deadline in UTC.
    pub deadline_utc: &'a str,
    /// Graded behaviours and their share of 100.
    pub groups: &'a [(&'a str, u32)],
    /// What is said about AI assistants.
    pub ai_policy: &'a str,
    /// How many attempts there are and which counts.
    pub attempts: &'a str,
    /// The day until which personal data are kept.
    pub kept_until: &'a str,
    /// Whom to ask.
    pub contact: &'a str,
    /// How the package gets there.
    pub way: Way<'a>,
}

/// A message's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterText {
    /// One line.
    pub subject: String,
    /// For programs that show text.
    pub text: String,
    /// The same as a page.
    pub html: String,
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    Text(String),
    Facts(Vec<(&'static str, String)>),
    Steps(Vec<String>),
    Link(String),
}

#[derive(Template)]
#[template(path = "letter.txt", escape = "none")]
struct AsText<'a> {
    blocks: &'a [Block],
}

#[derive(Template)]
#[template(path = "letter.html")]
struct AsPage<'a> {
    subject: &'a str,
    blocks: &'a [Block],
}

/// The message about `occasion`.
///
/// # Errors
/// [`RenderError::Html`] when a template fails.
pub fn letter(occasion: Occasion<'_>, facts: &LetterFacts<'_>) -> Result<LetterText, RenderError> {
    let subject = text::line(&words::subject(occasion, facts));
    let blocks = words::blocks(occasion, facts);
    let text = AsText { blocks: &blocks }.render()?;
    let html = AsPage { subject: &subject, blocks: &blocks }.render()?;
    Ok(LetterText { subject, text: format!("{}\n", text.trim_end()), html })
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const FACTS: LetterFacts<'static> = LetterFacts {
        name: "Ada Lovelace",
        from: "Hiring at Example",
        title: "Add numbers",
        code: "k7m2-9x4p",
        time_box: "90 minutes",
        deadline_there: Some("Monday 30 November 2026, 19:00 CET"),
        deadline_utc: "Monday 30 November 2026, 18:00 UTC",
        groups: &[("sums", 60), ("edges", 40)],
        ai_policy: "You may use AI assistants.",
        attempts: "You may submit as often as you like; the latest counts.",
        kept_until: "30 May 2027",
        contact: "Grace <grace@example.org>",
        way: Way::Mail { package: "tiny.zip" },
    };

    #[test]
    fn an_invitation_by_mail_makes_sense_without_a_link() {
        let letter = letter(Occasion::Invitation, &FACTS).expect("a letter");
        insta::assert_snapshot!(format!("{}\n\n{}", letter.subject, letter.text));
    }

    #[test]
    fn an_invitation_to_the_portal_has_the_link() {
        let link = Some("https://jobs.example.org/i/abc");
        let facts = LetterFacts { way: Way::Portal { link }, deadline_there: None, ..FACTS };
        let letter = letter(Occasion::Invitation, &facts).expect("a letter");
        insta::assert_snapshot!(format!("{}\n\n{}", letter.subject, letter.text));
    }

    #[test]
    fn the_others_are_short_and_have_no_link() {
        let all = [Occasion::Reminder, Occasion::NewTime, Occasion::Cancellation { note: "" }];
        let shown = all.map(|occasion| {
            let facts = LetterFacts { way: Way::Portal { link: None }, ..FACTS };
            let letter = letter(occasion, &facts).expect("a letter");
            assert!(!letter.html.contains("href"));
            format!("{}\n\n{}", letter.subject, letter.text)
        });
        insta::assert_snapshot!(shown.join("\n---\n"));
    }

    #[test]
    fn whatever_somebody_is_called_stays_text() {
        let facts = LetterFacts {
            name: "<script>alert(1)</script>",
            title: "A & B\r\nBcc: x",
            contact: "\u{202e}<a href=x>",
            ..FACTS
        };
        let letter = letter(Occasion::Invitation, &facts).expect("a letter");
        assert!(!letter.html.contains("<script>") && !letter.html.contains("<a href=x"));
        assert!(!letter.html.contains('\u{202e}') && !letter.text.contains('\u{202e}'));
        assert_eq!(letter.subject.lines().count(), 1);
    }
}
