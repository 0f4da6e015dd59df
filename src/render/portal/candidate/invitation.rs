use askama::Template;

use crate::render::{RenderError, portal::Frame, text};

/// Where the invitation stands, as its candidate may know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Not begun.
    Invited,
    /// The package is there for them.
    Started,
    /// Something has come in.
    Received,
    /// Too late, and nothing has come in.
    Late,
    /// They declined.
    Declined,
    /// The team took it back.
    Withdrawn,
    /// It is over.
    Over,
}

/// A moment on three clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// On the candidate's clocks, where they said where they are.
    pub there: Option<String>,
    /// In UTC.
    pub utc: String,
    /// For scripts: RFC 3339.
    pub instant: String,
}

/// What the visible tests say about an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckView {
    /// They have not run yet.
    Waiting,
    /// It could not be built or imported, and why, in the words of the visible run.
    Broken(String),
    /// It builds and imports.
    Ran {
        /// Visible tests that pass.
        passed: u32,
        /// Visible tests.
        total: u32,
        /// Names of those that do not pass.
        failing: Vec<String>,
    },
}

/// An attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadView {
    /// From 1.
    pub attempt: u32,
    /// What the archive was called.
    pub name: String,
    /// When it had come.
    pub received: String,
    /// How large it was, for people.
    pub size: String,
    /// Where its receipt is.
    pub receipt: String,
    /// Whether it is the one that counts, where that is known by now.
    pub counts: bool,
    /// What the visible tests say; none where nobody asks them.
    pub check: Option<CheckView>,
}

/// Why the last upload was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalView {
    /// In one line.
    pub title: String,
    /// What is wrong and what to do.
    pub detail: String,
}

/// All that the page of a personal link knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationView {
    /// The challenge's title.
    pub title: String,
    /// Who was invited.
    pub name: String,
    /// What the invitation is called where no name may show.
    pub code: String,
    /// Where it stands.
    pub stage: Stage,
    /// Where its page is: `/i/…`.
    pub path: String,
    /// What its forms carry.
    pub form: String,
    /// By when.
    pub deadline: Deadline,
    /// How long it should take.
    pub time_box: String,
    /// Behaviours that are graded, and their share of 100.
    pub groups: Vec<(String, u32)>,
    /// About AI assistants.
    pub ai_policy: String,
    /// How many attempts, and which counts.
    pub attempts: String,
    /// The day until which personal data are kept.
    pub kept_until: String,
    /// Whom to ask.
    pub contact: Option<String>,
    /// What has come in, newest first.
    pub uploads: Vec<UploadView>,
    /// Whether something can be handed in now.
    pub may_upload: bool,
    /// Whether they can decline now.
    pub may_decline: bool,
    /// The most bytes of an upload.
    pub upload_bytes: u64,
    /// The same for people.
    pub upload_limit: String,
    /// Changes whenever what stands on the page does.
    pub state: String,
    /// Why the last upload was refused.
    pub refusal: Option<RefusalView>,
}

#[derive(Template)]
#[template(path = "candidate/invitation.html")]
struct InvitationPage<'a> {
    frame: Frame,
    view: &'a InvitationView,
}

/// The page of a personal link.
///
/// # Errors
/// [`RenderError::Html`] when the template fails.
pub fn invitation(view: &InvitationView) -> Result<String, RenderError> {
    let view = view.shown();
    let frame = Frame::new(&view.title).script("upload.js");
    Ok(InvitationPage { frame, view: &view }.render()?)
}

impl InvitationView {
    /// With everything visible that would be obeyed, hidden or reordered.
    fn shown(&self) -> Self {
        let line = |text: &String| text::line(text);
        let mut view = self.clone();
        for field in [&mut view.title, &mut view.name, &mut view.code, &mut view.time_box] {
            *field = line(field);
        }
        view.contact = view.contact.as_ref().map(line);
        for (name, _) in &mut view.groups {
            *name = line(name);
        }
        for upload in &mut view.uploads {
            upload.name = line(&upload.name);
            match &mut upload.check {
                Some(CheckView::Broken(why)) => *why = text::visible(why),
                Some(CheckView::Ran { failing, .. }) => {
                    failing.iter_mut().for_each(|name| *name = line(name));
                }
                _ => {}
            }
        }
        if let Some(refusal) = &mut view.refusal {
            refusal.title = line(&refusal.title);
            refusal.detail = text::visible(&refusal.detail);
        }
        view
    }

    fn counted(&self) -> String {
        match self.uploads.len() {
            1 => "one attempt".into(),
            count => format!("{count} attempts"),
        }
    }

    fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Invited | Stage::Started | Stage::Received)
    }

    fn has_package(&self) -> bool {
        matches!(self.stage, Stage::Started | Stage::Received)
    }
}
