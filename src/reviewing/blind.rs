use super::Role;

/// What somebody may see of one invitation. Names are anything that tells whose it is: name, address, what
/// archives were called, messages. Whether time was multiplied is for admins alone, and so are deadlines,
/// which would tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Name, address, archives' names.
    pub names: bool,
    /// Deadlines, time boxes, more time, messages.
    pub terms: bool,
    /// What other reviewers wrote: their scorecards and comments.
    pub others: bool,
}

impl Sight {
    /// Of somebody in that role; `card_in` says whether their own scorecard is in, `decided` whether the
    /// invitation was decided.
    pub fn of(role: Role, card_in: bool, decided: bool) -> Self {
        match role {
            Role::Admin => Self { names: true, terms: true, others: true },
            Role::Reviewer => Self { names: card_in, terms: false, others: card_in || decided },
            Role::Viewer => Self { names: decided, terms: false, others: decided },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, Sight};

    #[test]
    fn a_reviewer_sees_names_and_other_opinions_after_the_own_scorecard() {
        let before = Sight::of(Role::Reviewer, false, false);
        assert_eq!(before, Sight { names: false, terms: false, others: false });
        let after = Sight::of(Role::Reviewer, true, false);
        assert_eq!(after, Sight { names: true, terms: false, others: true });
        assert!(!Sight::of(Role::Reviewer, false, true).names, "a decision shows no name");
    }

    #[test]
    fn nobody_but_an_admin_sees_terms() {
        for role in [Role::Reviewer, Role::Viewer] {
            for (card_in, decided) in [(false, false), (true, false), (false, true), (true, true)] {
                assert!(!Sight::of(role, card_in, decided).terms);
            }
        }
        assert!(Sight::of(Role::Admin, false, false).terms);
        assert!(!Sight::of(Role::Viewer, false, false).names);
    }
}
