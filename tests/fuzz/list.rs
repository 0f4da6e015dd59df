//! The CSV that names candidates and archives.

use std::{collections::BTreeSet, path::Path};

use crate::{harness::Target, mutate};
use takehome::batch::{ListError, Listed, parse_list};

const WORDS: [&[u8]; 15] = [
    b",",
    b"\"",
    b"\"\"",
    b"\n",
    b"\r\n",
    b"\r",
    b";",
    b"\t",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"candidate",
    b"archive",
    b"challenge",
    b"\x1b[2J",
];

fn read(bytes: &[u8]) -> Result<Vec<Listed>, ListError> {
    parse_list(bytes, Path::new("in"), Some("tiny"))
}

/// Whatever arrives is a list of distinct, printable names, or a short refusal.
#[test]
fn lists() {
    let target = Target::new("list");
    let inputs = mutate::bytes(target.corpus(), &WORDS);
    target.run(&inputs, |bytes, _| match read(bytes) {
        Ok(rows) => {
            let named = |row: &Listed| (row.challenge.clone(), row.named.candidate.clone());
            let names: BTreeSet<_> = rows.iter().map(named).collect();
            assert!(!rows.is_empty() && names.len() == rows.len());
            for Listed { named: row, challenge } in &rows {
                for name in [&row.candidate, challenge] {
                    assert!((1..=120).contains(&name.chars().count()));
                    assert!(!name.chars().any(char::is_control));
                }
                assert!(!row.path.to_string_lossy().chars().any(char::is_control));
            }
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["archive", "challenge", "candidate"]).expect("written");
            for Listed { named: row, challenge } in &rows {
                // As text: a path would lose its last slash, and what was before it could be a space.
                let path = row.path.to_str().expect("text");
                let path = path.strip_prefix("in/").unwrap_or(path);
                writer.write_record([path, challenge, &row.candidate]).expect("written");
            }
            let again = writer.into_inner().expect("bytes");
            assert_eq!(read(&again).expect("what we write we read"), rows);
        }
        Err(error) => {
            let message = error.to_string();
            assert!(!message.trim().is_empty() && message.len() < 20_000, "{}", message.len());
            assert!(!message.chars().any(char::is_control), "{message:?}");
        }
    });
}
