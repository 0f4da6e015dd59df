use serde::{Deserialize, Serialize};

use super::{
    Actor, Code, Event, MailAddress, Multiplier, Period, PersonName, Refused, State, Zone,
};

/// A person in the store, by a number that says nothing about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PersonId(pub i64);

/// Who was invited. After a purge nothing but the number is left.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Their number.
    pub id: PersonId,
    /// Their name.
    pub name: Option<PersonName>,
    /// Their address.
    pub mail: Option<MailAddress>,
    /// Where their clocks are, if they said so.
    pub zone: Option<Zone>,
}

/// Which of several attempts counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// The one that came in last.
    #[default]
    Latest,
    /// The one with the best score.
    Best,
}

/// How often somebody may submit before the deadline. All attempts are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attempts {
    /// At most so many; as many as they like without it.
    pub most: Option<u32>,
    /// Which counts.
    pub counts: Counts,
}

/// What is due and when. All times are milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// From when the time to the deadline is counted.
    pub from_ms: i64,
    /// The deadline before it is multiplied.
    pub base_deadline_ms: i64,
    /// What the task should take, before it is multiplied. Told, never enforced.
    pub base_time_box: Period,
    /// By an accommodation. Reviewers never see it.
    pub multiplier: Multiplier,
    /// How long after the deadline what is personal is kept.
    pub retain: Period,
}

/// One grant of more time. It has no reason, on purpose: a diagnosis is nobody's business here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accommodation {
    /// Of all of the time, not on top of an earlier one.
    pub multiplier: Multiplier,
    /// Who of the team approved it.
    pub approver: String,
    /// When.
    pub at_ms: i64,
}

/// One candidate, one challenge, a deadline.
#[derive(Debug, Clone, PartialEq)]
pub struct Invitation {
    /// What it is called where no name may show.
    pub code: Code,
    /// Who was invited.
    pub person: Person,
    /// The challenge's id.
    pub challenge: String,
    /// The state that was written last; [`Invitation::state_at`] is what counts.
    pub stored: State,
    /// Grows with every change; a change of an earlier version is refused.
    pub version: u32,
    /// What is due and when.
    pub terms: Terms,
    /// How often they may submit.
    pub attempts: Attempts,
    /// When it was made, milliseconds since 1970.
    pub created_ms: i64,
}

impl Terms {
    /// The deadline that counts.
    pub fn deadline_ms(&self) -> i64 {
        let time = self.base_deadline_ms.saturating_sub(self.from_ms);
        self.from_ms.saturating_add(self.multiplier.of(time))
    }

    /// The time box that is told.
    pub fn time_box(&self) -> Period {
        let ms = self.multiplier.of(self.base_time_box.ms());
        Period::from_ms(ms).unwrap_or(self.base_time_box)
    }

    /// From when on what is personal may not be kept.
    pub fn retain_until_ms(&self) -> i64 {
        self.deadline_ms().saturating_add(self.retain.ms())
    }

    /// The same terms with that deadline, or a moment later where it cannot be divided.
    #[must_use]
    pub fn due_at(mut self, deadline_ms: i64) -> Self {
        let time = self.multiplier.base_of(deadline_ms.saturating_sub(self.from_ms));
        self.base_deadline_ms = self.from_ms.saturating_add(time);
        self
    }

    /// The same terms with more time: that much, multiplied, from now or from the deadline, whichever
    /// is later.
    #[must_use]
    pub fn extended(self, by: Period, now_ms: i64) -> Self {
        let from = self.deadline_ms().max(now_ms);
        self.due_at(from.saturating_add(self.multiplier.of(by.ms())))
    }
}

impl Invitation {
    /// Where it stands at a moment. Whether it has expired follows from the deadline alone, so nothing
    /// has to run at that moment, and more time undoes it.
    pub fn state_at(&self, now_ms: i64) -> State {
        let late = self.stored.waits() && now_ms >= self.terms.deadline_ms();
        if late { State::Expired } else { self.stored }
    }

    /// What to write as its state after `event`.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn after(&self, event: Event, actor: &Actor, now_ms: i64) -> Result<State, Refused> {
        // Nobody is sent a deadline that has passed, not even a draft's.
        if event == Event::Resend && now_ms >= self.terms.deadline_ms() {
            return Err(Refused::State { state: State::Expired, event });
        }
        self.state_at(now_ms).after(event, actor, self.stored)
    }

    /// Whether what is personal about it has been kept for as long as was said.
    pub fn is_overdue(&self, now_ms: i64) -> bool {
        self.stored != State::Purged && now_ms >= self.terms.retain_until_ms()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 24 * 3_600_000;

    fn terms(multiplier: &str) -> Terms {
        Terms {
            from_ms: 10 * DAY,
            base_deadline_ms: 16 * DAY,
            base_time_box: "90m".parse().expect("a period"),
            multiplier: multiplier.parse().expect("a multiplier"),
            retain: "30d".parse().expect("a period"),
        }
    }

    fn invitation(stored: State) -> Invitation {
        Invitation {
            code: Code::new(),
            person: Person { id: PersonId(1), name: None, mail: None, zone: None },
            challenge: "tiny".into(),
            stored,
            version: 1,
            terms: terms("1"),
            attempts: Attempts::default(),
            created_ms: 10 * DAY,
        }
    }

    #[test]
    fn an_accommodation_multiplies_deadline_and_time_box() {
        let terms = terms("1.5");
        assert_eq!(terms.deadline_ms(), 19 * DAY);
        assert_eq!(terms.time_box().words(), "2 hours 15 minutes");
        assert_eq!(terms.retain_until_ms(), 49 * DAY);
    }

    #[test]
    fn more_time_counts_from_the_later_of_now_and_the_deadline_and_is_multiplied() {
        let by: Period = "2d".parse().expect("a period");
        assert_eq!(terms("1").extended(by, 11 * DAY).deadline_ms(), 18 * DAY);
        assert_eq!(terms("1").extended(by, 20 * DAY).deadline_ms(), 22 * DAY);
        assert_eq!(terms("1.5").extended(by, 11 * DAY).deadline_ms(), 22 * DAY);
    }

    #[test]
    fn an_invitation_expires_at_its_deadline_and_comes_back_when_that_moves() {
        let mut one = invitation(State::Started);
        assert_eq!(one.state_at(16 * DAY - 1), State::Started);
        assert_eq!(one.state_at(16 * DAY), State::Expired);
        let team = Actor::Team("t".into());
        assert_eq!(one.after(Event::Extend, &team, 17 * DAY), Ok(State::Started));
        assert!(one.after(Event::Submit, &Actor::Candidate, 17 * DAY).is_err());
        one.terms = one.terms.extended("2d".parse().expect("a period"), 17 * DAY);
        assert_eq!(one.state_at(17 * DAY), State::Started);
        for stored in State::ALL {
            let expires = invitation(stored).state_at(99 * DAY) == State::Expired;
            assert_eq!(expires, stored.waits() || stored == State::Expired, "{stored:?}");
        }
    }

    #[test]
    fn what_is_kept_too_long_is_overdue_whatever_its_state_but_once() {
        for stored in State::ALL {
            assert!(!invitation(stored).is_overdue(46 * DAY - 1));
            assert_eq!(invitation(stored).is_overdue(46 * DAY), stored != State::Purged);
        }
    }

    proptest! {
        #[test]
        fn a_deadline_that_is_asked_for_is_never_missed(percent in 100_i64..=400, days in 1_i64..700) {
            let multiplier = Multiplier::from_percent(percent).expect("a multiplier");
            let asked = 10 * DAY + days * DAY;
            let found = Terms { multiplier, ..terms("1") }.due_at(asked).deadline_ms();
            prop_assert!((asked..asked + 4).contains(&found));
        }
    }
}
