//! One invitation, as far as a member may see it.

use super::{super::App, super::Problem, member::Member};
use crate::{
    challenge::{Challenge, Rubric},
    domain::Report,
    hiring::{Code, State, Who, Zone},
    render::portal::{
        Line, NavLink,
        team::{CardView, Opinion, Tabs},
    },
    reviewing::{Mask, Right, Role, Scorecard, Sight},
    store::{Filter, Invitations as _, Reviews as _, Standing},
};
use std::sync::Arc;

/// An invitation with what was written about it, and what may be seen of both.
pub(super) struct Case {
    /// The invitation.
    pub(super) standing: Standing,
    /// All scorecards.
    cards: Vec<Scorecard>,
    /// What the member may see.
    pub(super) sight: Sight,
    /// The challenge, where it is there still.
    pub(super) challenge: Option<Arc<Challenge>>,
    account: crate::reviewing::AccountId,
}

impl Case {
    /// Of the code in an address. One that is not there, one that is malformed and one that is nobody's
    /// look the same.
    pub(super) async fn open(app: &App, member: &Member, code: &str) -> Result<Self, Problem> {
        let code: Code = code.parse().map_err(|_| Problem::not_found())?;
        let filter = Filter { who: Some(Who::Code(code.clone())), ..Filter::default() };
        let found = app.store.invitations(&filter).await?.pop();
        let standing = found.ok_or_else(Problem::not_found)?;
        let cards = app.store.scorecards(&code).await?;
        let card_in =
            cards.iter().any(|card| card.by.id == member.account.id && card.in_ms.is_some());
        let decided = matches!(standing.state, State::Decided | State::Archived);
        let challenge = app.library.task(&standing.invitation.challenge).await.ok();
        Ok(Self {
            sight: Sight::of(member.account.role, card_in, decided),
            standing,
            cards,
            challenge: challenge.map(|task| task.challenge.clone()),
            account: member.account.id,
        })
    }

    pub(super) fn code(&self) -> &Code {
        &self.standing.invitation.code
    }

    /// Whose it is, where that may be seen.
    pub(super) fn name(&self) -> Option<&str> {
        let name = self.standing.invitation.person.name.as_ref()?;
        self.sight.names.then_some(name.as_str())
    }

    /// The challenge's title, or its id where it is not there any more.
    pub(super) fn title(&self) -> String {
        let title = self.challenge.as_ref().map(|challenge| challenge.manifest.title.clone());
        title.unwrap_or_else(|| self.standing.invitation.challenge.clone())
    }

    /// What has to be taken out of what the candidate wrote.
    pub(super) fn mask(&self) -> Mask {
        let person = &self.standing.invitation.person;
        match (&person.name, &person.mail) {
            (Some(name), Some(mail)) if !self.sight.names => {
                Mask::new(name.as_str(), mail.as_str())
            }
            _ => Mask::nothing(),
        }
    }

    /// A report as this member may see it.
    pub(super) fn shown(&self, mut report: Report) -> Report {
        if self.sight.names {
            return report;
        }
        let mask = self.mask();
        report.submission = self.code().to_string();
        for test in &mut report.tests {
            test.message = mask.apply(&test.message);
        }
        for note in &mut report.integrity {
            note.detail = mask.apply(&note.detail);
        }
        if let Some(fault) = &mut report.fault {
            fault.message = mask.apply(&fault.message);
        }
        report
    }

    /// The member's own scorecard, draft or in.
    pub(super) fn own_card(&self) -> Option<&Scorecard> {
        self.cards.iter().find(|card| card.by.id == self.account)
    }

    /// Whether the member's own scorecard is in.
    pub(super) fn own_is_in(&self) -> bool {
        self.own_card().is_some_and(|card| card.in_ms.is_some())
    }

    /// Whether the member may decide now: a reviewer only with the own scorecard.
    pub(super) fn may_decide(&self, member: &Member) -> bool {
        member.may(Right::Decide) && (member.account.role == Role::Admin || self.own_is_in())
    }

    /// Scorecards that are in, and that the member may see.
    pub(super) fn cards(&self) -> impl Iterator<Item = &Scorecard> {
        let may = |card: &&Scorecard| {
            card.in_ms.is_some() && (self.sight.others || card.by.id == self.account)
        };
        self.cards.iter().filter(may)
    }

    /// How many are in, which anybody may know.
    pub(super) fn cards_in(&self) -> usize {
        self.cards.iter().filter(|card| card.in_ms.is_some()).count()
    }

    /// The rubric as it is now.
    pub(super) fn rubric(&self) -> Result<Option<Rubric>, Problem> {
        match &self.challenge {
            Some(challenge) => challenge.rubric().map_err(|error| Problem::internal(&error)),
            None => Ok(None),
        }
    }

    /// What reviewers think, for people.
    pub(super) fn opinions(&self) -> Result<Vec<Opinion>, Problem> {
        let rubric = self.rubric()?;
        Ok(self.cards().map(|card| opinion(card, rubric.as_ref())).collect())
    }

    /// What the invitation's pages have in common.
    pub(super) fn tabs(&self, member: &Member, current: &str) -> Tabs {
        let code = self.code();
        let base = format!("/team/i/{code}");
        let reviews = member.may(Right::Review);
        let pages = [
            ("", "Result", true),
            ("/code", "Code", true),
            ("/scorecard", "My scorecard", reviews),
            ("/decision", "Decision", true),
            ("/manage", "Manage", member.may(Right::Invite)),
        ];
        let links = pages.into_iter().filter(|(_, _, may)| *may).map(|(path, text, _)| NavLink {
            path: format!("{base}{path}"),
            text: text.into(),
            current: path == current,
        });
        Tabs {
            code: code.as_str().into(),
            name: match self.sight.names {
                true => Some(self.name().map_or_else(|| Line::from("erased"), Line::from)),
                false => None,
            },
            challenge: self.title().into(),
            state: self.standing.state.words(),
            until: if reviews { " until your own scorecard is in" } else { " until it is decided" },
            links: links.collect(),
        }
    }
}

fn opinion(card: &Scorecard, rubric: Option<&Rubric>) -> Opinion {
    let same = rubric.filter(|rubric| rubric.sha256 == card.rubric);
    let order =
        |key: &str| rubric.and_then(|rubric| rubric.keys().iter().position(|known| *known == key));
    let mut marks: Vec<_> = card.marks.iter().collect();
    marks.sort_by_key(|mark| order(&mark.criterion).unwrap_or(usize::MAX));
    let mark = |mark: &crate::reviewing::Mark| {
        let of = |rubric: &&Rubric| {
            rubric.criteria.iter().find(|one| one.key == mark.criterion).cloned()
        };
        let known = rubric.as_ref().and_then(of);
        let means = same.as_ref().and_then(of).and_then(|criterion| {
            criterion.anchors.get(usize::from(mark.mark).saturating_sub(1)).cloned()
        });
        CardView {
            name: known.map_or_else(|| mark.criterion.clone(), |criterion| criterion.name).into(),
            mark: mark.mark,
            means: means.unwrap_or_default().into(),
            words: (&mark.words).into(),
        }
    };
    Opinion {
        name: card.by.name.as_str().into(),
        recommendation: card.recommendation.map_or("", crate::reviewing::Recommendation::words),
        words: (&card.words).into(),
        blind: card.blind,
        at: card.in_ms.map(utc).unwrap_or_default(),
        marks: marks.into_iter().map(mark).collect(),
    }
}

/// A moment as pages of the team show it.
pub(super) fn utc(at_ms: i64) -> String {
    Zone::utc().short(at_ms)
}
