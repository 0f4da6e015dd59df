use std::fmt;

use serde::{Deserialize, Serialize};

/// What somebody of the team is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Invites, decides, forgets, and looks after accounts; knows names.
    Admin,
    /// Looks at submissions without a name, marks them, and decides once that is done.
    Reviewer,
    /// Looks.
    Viewer,
}

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// See the list, results, code, statistics.
    Look,
    /// Write comments and a scorecard.
    Review,
    /// Decide; a reviewer only where the own scorecard is in.
    Decide,
    /// Invite, extend, accommodate, remind, cancel, archive.
    Invite,
    /// Export and erase people.
    Forget,
    /// Read the whole audit trail.
    Audit,
    /// Look after accounts.
    Accounts,
}

/// The text is no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is admin, reviewer or viewer")]
pub struct InvalidRole;

impl Role {
    /// All of them, those who may most first.
    pub const ALL: [Self; 3] = [Self::Admin, Self::Reviewer, Self::Viewer];

    /// As the store and forms write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Reviewer => "reviewer",
            Self::Viewer => "viewer",
        }
    }

    /// What it is for, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Admin => "invites, decides, erases, looks after accounts; knows names",
            Self::Reviewer => "reviews without names and decides",
            Self::Viewer => "looks only",
        }
    }

    /// Whether the role may.
    pub fn may(self, right: Right) -> bool {
        match self {
            Self::Admin => true,
            Self::Reviewer => matches!(right, Right::Look | Right::Review | Right::Decide),
            Self::Viewer => right == Right::Look,
        }
    }
}

impl std::str::FromStr for Role {
    type Err = InvalidRole;

    fn from_str(text: &str) -> Result<Self, InvalidRole> {
        Self::ALL.into_iter().find(|role| role.key() == text).ok_or(InvalidRole)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::{Right, Role};

    #[test]
    fn each_role_may_what_the_table_says() {
        use Right::{Accounts, Audit, Decide, Forget, Invite, Look, Review};
        let rights = [Look, Review, Decide, Invite, Forget, Audit, Accounts];
        for (role, may) in
            [(Role::Admin, "yyyyyyy"), (Role::Reviewer, "yyynnnn"), (Role::Viewer, "ynnnnnn")]
        {
            let found: String =
                rights.iter().map(|right| if role.may(*right) { 'y' } else { 'n' }).collect();
            assert_eq!(found, may, "{role}");
            assert_eq!(role.key().parse(), Ok(role));
        }
        assert!("Admin".parse::<Role>().is_err());
    }
}
