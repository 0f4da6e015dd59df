use std::collections::BTreeMap;

use super::{Due, Mailbox, Period, Zone};
use crate::rows::{List, Row, RowsError};

/// More people are several lists.
pub const MOST_INVITEES: usize = 10_000;
const MOST_BYTES: usize = 8 << 20;

/// A row of a list of people to invite.
#[derive(Debug, Clone, PartialEq)]
pub struct Invitee {
    /// Who.
    pub mailbox: Mailbox,
    /// A deadline of their own.
    pub deadline: Option<Due>,
    /// A time box of their own.
    pub time_box: Option<Period>,
    /// Where their clocks are.
    pub zone: Option<Zone>,
}

/// Why a list cannot be used. Lines are counted from 1, the header's.
#[derive(Debug, thiserror::Error)]
pub enum InviteeError {
    /// Nobody invites so many.
    #[error("the list is larger than {} MiB or has more than {MOST_INVITEES} rows", MOST_BYTES >> 20)]
    TooLarge,
    /// The first line does not name the columns.
    #[error(
        "line 1 of the list has to name the columns name and mail, and may name deadline, time_box and \
         time_zone, once each; it is {0:?}"
    )]
    Header(String),
    /// Not CSV, or not UTF-8.
    #[error("line {line} of the list: {detail}")]
    Syntax {
        /// Where.
        line: u64,
        /// What is wrong.
        detail: String,
    },
    /// A cell that cannot be what its column says.
    #[error("line {line} of the list: {detail}")]
    Cell {
        /// Where.
        line: u64,
        /// What is wrong.
        detail: String,
    },
    /// Somebody is there twice.
    #[error("lines {first} and {second} of the list have the same mail address")]
    Twice {
        /// The first line.
        first: u64,
        /// The second.
        second: u64,
    },
    /// Nobody is there.
    #[error("the list names nobody")]
    Empty,
}

impl InviteeError {
    /// What to do next.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::TooLarge => "split it",
            Self::Header(_) => "begin the file with the line `name,mail`",
            Self::Syntax { .. } => "save it as CSV in UTF-8, with commas between the cells",
            Self::Cell { .. } => "correct the line; nobody was invited",
            Self::Twice { .. } => "leave one of the two; nobody was invited",
            Self::Empty => "give each person a row with name and mail",
        }
    }
}

impl From<RowsError> for InviteeError {
    fn from(error: RowsError) -> Self {
        match error {
            RowsError::Header(found) => Self::Header(found),
            RowsError::Syntax { line, detail } => Self::Syntax { line, detail },
        }
    }
}

/// The people of a CSV list. Other columns are ignored; an empty cell is none.
///
/// # Errors
/// [`InviteeError`]: nothing is taken of a list that is not right as a whole.
pub fn parse_invitees(bytes: &[u8]) -> Result<Vec<Invitee>, InviteeError> {
    if bytes.len() > MOST_BYTES {
        return Err(InviteeError::TooLarge);
    }
    let list = List::open(bytes, ["name", "mail"], ["deadline", "time_box", "time_zone"])?;
    let mut invitees = Vec::new();
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    for row in list.rows() {
        let Row { line, needed: [name, mail], optional: [deadline, time_box, zone] } = row?;
        if invitees.len() == MOST_INVITEES {
            return Err(InviteeError::TooLarge);
        }
        let invitee = Invitee {
            mailbox: Mailbox { name: parsed(&name, line)?, address: parsed(&mail, line)? },
            deadline: deadline.map(|text| parsed(&text, line)).transpose()?,
            time_box: time_box.map(|text| parsed(&text, line)).transpose()?,
            zone: zone.map(|text| parsed(&text, line)).transpose()?,
        };
        if let Some(first) = lines.insert(invitee.mailbox.address.key(), line) {
            return Err(InviteeError::Twice { first, second: line });
        }
        invitees.push(invitee);
    }
    if invitees.is_empty() { Err(InviteeError::Empty) } else { Ok(invitees) }
}

fn parsed<T>(text: &str, line: u64) -> Result<T, InviteeError>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| InviteeError::Cell { line, detail: error.to_string() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::hides;

    fn read(text: &str) -> Result<Vec<Invitee>, InviteeError> {
        parse_invitees(text.as_bytes())
    }

    #[test]
    fn rows_are_people_with_what_is_their_own() {
        let text = "\u{feff}mail,team, name ,deadline,time_zone,time_box\r\n\
                    ada@example.org,x,\"Lovelace, Ada\",7d,Europe/London,2h\r\n\
                    bob@example.org,=1+1,=cmd|' /C calc'!A0,,,\r\n";
        let people = read(text).expect("a list");
        assert_eq!(people[0].mailbox.to_string(), "Lovelace, Ada <ada@example.org>");
        assert_eq!(people[0].time_box.map(Period::words).as_deref(), Some("2 hours"));
        assert_eq!(people[0].zone.as_ref().map(Zone::name), Some("Europe/London"));
        assert_eq!(people[1].mailbox.name.as_str(), "=cmd|' /C calc'!A0");
        assert_eq!((people.len(), &people[1].deadline, &people[1].zone), (2, &None, &None));
    }

    #[test]
    fn whatever_is_wrong_is_said_with_its_line() {
        for (text, says) in [
            ("", "line 1 of the list has to name"),
            ("name,email\na,b\n", "line 1 of the list has to name"),
            ("name,mail,name\na,b,c\n", "once each"),
            ("name,mail\n", "names nobody"),
            ("name,mail\nAda,ada@example.org,x\n", "line 2 of the list: it has 3 cells"),
            ("name,mail\nAda,ada@localhost\n", "line 2 of the list: a mail address"),
            ("name,mail\n\"A\nBcc: x\",a@b.co\n", "line 2 of the list: the name has a character"),
            ("name,mail\nA,a@b.co\nB,A@B.co\n", "lines 2 and 3 of the list have the same"),
            ("name,mail,deadline\nA,a@b.co,soon\n", "line 2 of the list: a deadline is"),
            ("name,mail,time_box\nA,a@b.co,0m\n", "line 2 of the list: a period is"),
            ("name,mail,time_zone\nA,a@b.co,Berlin\n", "line 2 of the list: there is no time zone"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.to_string().contains(says), "{text:?}: {error}");
            assert!(!error.remedy().is_empty());
        }
        assert!(matches!(
            parse_invitees(b"name,mail\n\xff,a@b.co\n"),
            Err(InviteeError::Syntax { .. })
        ));
        let many: String = (0..=MOST_INVITEES).map(|n| format!("A,a{n}@b.co\n")).collect();
        assert!(matches!(read(&format!("name,mail\n{many}")), Err(InviteeError::TooLarge)));
        assert!(matches!(parse_invitees(&vec![b'a'; MOST_BYTES + 1]), Err(InviteeError::TooLarge)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_people_or_a_refusal_on_one_line(
            rows in prop::collection::vec("[A-Za-z@.,\"=\\n\u{202e}é<>]{0,30}", 0..4),
            raw in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            for bytes in [format!("name,mail\n{}\n", rows.join("\n")).into_bytes(), raw] {
                match parse_invitees(&bytes) {
                    Ok(people) => for one in people {
                        prop_assert!(!one.mailbox.to_string().chars().any(hides));
                    },
                    Err(error) => {
                        let shown = error.to_string();
                        prop_assert!(!shown.chars().any(char::is_control), "{shown:?}");
                        prop_assert!(shown.len() < 2_000);
                    }
                }
            }
        }
    }
}
