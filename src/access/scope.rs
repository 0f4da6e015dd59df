use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What a token is for. None includes another one, but `admin`, which includes all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Challenges, invitations without names, submissions, reports, statistics.
    Read,
    /// Invitations with names, and what can be done to them.
    Invite,
    /// Scorecards and decisions.
    Review,
    /// A partner's assessments: invites people, and reads what came of that.
    Partner,
    /// Everything: tokens, webhooks, the audit trail, exports and purges.
    Admin,
}

/// What a token is for, at least one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Scope>", into = "Vec<Scope>")]
pub struct Scopes(BTreeSet<Scope>);

/// The words are no scopes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no scope; there are read, invite, review, partner and admin")]
pub struct NoScope(String);

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Read, Self::Invite, Self::Review, Self::Partner, Self::Admin];

    /// As people and JSON write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Invite => "invite",
            Self::Review => "review",
            Self::Partner => "partner",
            Self::Admin => "admin",
        }
    }
}

impl Scopes {
    /// Whether a token of these may do what needs `scope`.
    pub fn allow(&self, scope: Scope) -> bool {
        self.0.contains(&scope) || self.0.contains(&Scope::Admin)
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }

    /// Whether everything in `other` is in these as well, so that whoever has these may hand `other` on.
    pub fn cover(&self, other: &Self) -> bool {
        other.iter().all(|scope| self.allow(scope))
    }
}

impl TryFrom<Vec<Scope>> for Scopes {
    type Error = NoScope;

    fn try_from(scopes: Vec<Scope>) -> Result<Self, NoScope> {
        if scopes.is_empty() {
            return Err(NoScope(String::new()));
        }
        Ok(Self(scopes.into_iter().collect()))
    }
}

impl From<Scopes> for Vec<Scope> {
    fn from(scopes: Scopes) -> Self {
        scopes.0.into_iter().collect()
    }
}

impl FromStr for Scope {
    type Err = NoScope;

    fn from_str(text: &str) -> Result<Self, NoScope> {
        let word = text.trim();
        let scope = Self::ALL.into_iter().find(|scope| scope.key() == word);
        scope.ok_or_else(|| NoScope(word.chars().take(40).collect()))
    }
}

/// Words with commas between them.
impl FromStr for Scopes {
    type Err = NoScope;

    fn from_str(text: &str) -> Result<Self, NoScope> {
        text.split(',').map(str::parse).collect::<Result<Vec<Scope>, _>>()?.try_into()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().map(Scope::key).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_allows_itself_and_admin_allows_all() {
        for one in Scope::ALL {
            let scopes: Scopes = one.key().parse().expect("a scope");
            for other in Scope::ALL {
                let allowed = one == other || one == Scope::Admin;
                assert_eq!(scopes.allow(other), allowed, "{one:?} {other:?}");
            }
        }
        let both: Scopes = "review, read".parse().expect("scopes");
        assert_eq!(both.to_string(), "read,review");
        assert!(both.cover(&"read".parse().expect("a scope")));
        assert!(!both.cover(&"read,invite".parse().expect("scopes")));
    }

    #[test]
    fn other_words_are_no_scopes() {
        for text in ["", "Read", "read,,invite", "all", "read invite"] {
            assert!(text.parse::<Scopes>().is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Scopes>("[]").is_err());
    }
}
