//! What hiring teams write: the CSV of people to invite, and the words of the command line.

use std::collections::BTreeSet;

use takehome::{
    domain::hides,
    hiring::{
        Code, Due, Invitee, InviteeError, Mailbox, Multiplier, Period, PortalUrl, Token, Who, Zone,
        parse_invitees,
    },
    mail::SmtpSettings,
};

use crate::{harness::Target, mutate};

const CELLS: [&[u8]; 16] = [
    b",",
    b"\"",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"name",
    b"mail",
    b"deadline",
    b"time_box",
    b"time_zone",
    b"\xe2\x80\xae",
    b"=cmd",
    b"@example.org",
    b"=?utf-8?q?x?=",
];
const WORDS: [&[u8]; 14] = [
    b"<",
    b">",
    b"@",
    b"\n",
    b"1w1d1h1m",
    b"99999999999999999999",
    b"2026-12-01T18:00",
    b"Z",
    b"+02:00",
    b"Europe/Berlin",
    b"smtps://",
    b"https://",
    b"%",
    b"\xe2\x80\xae",
];

/// Whatever arrives is a list of distinct people whose names show as they are, or a short refusal.
#[test]
fn invitees() {
    let target = Target::new("invitees");
    let inputs = mutate::bytes(target.corpus(), &CELLS);
    target.run(&inputs, |bytes, _| match parse_invitees(bytes) {
        Ok(people) => {
            let keys: BTreeSet<String> =
                people.iter().map(|one| one.mailbox.address.key()).collect();
            assert!(!people.is_empty() && keys.len() == people.len());
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["mail", "name"]).expect("written");
            for Invitee { mailbox, .. } in &people {
                assert!(!mailbox.to_string().chars().any(hides), "{mailbox}");
                let cells = [mailbox.address.as_str(), mailbox.name.as_str()];
                writer.write_record(cells).expect("written");
            }
            let again = parse_invitees(&writer.into_inner().expect("bytes"))
                .expect("what we write we read");
            let boxes = |people: Vec<Invitee>| {
                people.into_iter().map(|one| one.mailbox).collect::<Vec<_>>()
            };
            assert_eq!(boxes(again), boxes(people));
        }
        Err(error) => short(&error),
    });
}

fn short(error: &InviteeError) {
    let message = error.to_string();
    assert!(!message.trim().is_empty() && message.len() < 2_000, "{}", message.len());
    assert!(!message.chars().any(char::is_control), "{message:?}");
}

/// Whatever is typed is one of the words, which reads the same when it is written, or it is refused.
#[test]
fn words() {
    let target = Target::new("words");
    let inputs = mutate::bytes(target.corpus(), &WORDS);
    target.run(&inputs, |bytes, _| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(period) = text.parse::<Period>() {
            assert_eq!(period.to_string().parse(), Ok(period));
        }
        if let Ok(multiplier) = text.parse::<Multiplier>() {
            assert_eq!(multiplier.to_string().parse(), Ok(multiplier));
        }
        if let Ok(mailbox) = text.parse::<Mailbox>() {
            assert!(!mailbox.to_string().chars().any(hides));
        }
        if let Ok(who) = text.parse::<Who>() {
            assert_eq!(who.to_string().parse(), Ok(who));
        }
        if let Ok(code) = text.parse::<Code>() {
            assert_eq!(code.as_str().parse(), Ok(code));
        }
        if let Ok(token) = text.parse::<Token>() {
            assert_eq!(token.reveal(), text);
        }
        if let Ok(due) = text.parse::<Due>() {
            let now = 1_795_405_275_000;
            assert!(
                due.at(now, &Zone::utc()).is_ok_and(|at| at > now)
                    || due.at(now, &Zone::utc()).is_err()
            );
        }
        if let Ok(zone) = text.parse::<Zone>() {
            assert!(zone.name().is_ascii() && !zone.long(0).is_empty());
        }
        if let Ok(portal) = text.parse::<PortalUrl>() {
            let link = portal.link(&Token::new());
            assert!(link.is_ascii() && !link.contains([' ', '\n', '?', '#']), "{link}");
        }
        if let Ok(settings) = SmtpSettings::parse(&text, None, None) {
            assert!(!settings.host.is_empty() && !settings.host.contains(['@', '/', ' ']));
        }
    });
}
