//! The CSV that names candidates and archives.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use takehome::batch::{ListError, Listed, Named, parse_list, read_list};

fn read(bytes: &[u8]) -> Result<Vec<Listed>, ListError> {
    parse_list(bytes, Path::new("in"), Some("tiny"))
}

fn parsed(text: &str) -> Result<Vec<(String, String)>, ListError> {
    Ok(read(text.as_bytes())?
        .into_iter()
        .map(|Listed { named: Named { candidate, path }, .. }| {
            (candidate, path.display().to_string())
        })
        .collect())
}

#[test]
fn rows_name_candidates_and_paths_from_the_lists_own_folder() {
    let text = "\u{feff}email, archive ,candidate\r\nx@y.z,a.zip,\"Zoë, the 1st\"\r\n,/b/c,=cmd|' /C'!A0\r\n";
    let expected = [("Zoë, the 1st", "in/a.zip"), ("=cmd|' /C'!A0", "/b/c")];
    let expected = expected.map(|(name, path)| (name.to_owned(), path.to_owned()));
    assert_eq!(parsed(text).expect("a list"), expected);
}

#[test]
fn whatever_is_wrong_is_said_with_its_line() {
    for (text, says) in [
        ("", "line 1 of the list has to name"),
        ("name,file\na,b\n", "line 1 of the list has to name"),
        ("candidate,archive,candidate\na,b,c\n", "once each"),
        ("candidate;archive\na;b\n", "once each"),
        ("candidate,archive\n", "names no candidate"),
        ("candidate,archive\na,b\n,c\n", "line 3 of the list: candidate is empty"),
        ("candidate,archive\na,\n", "line 2 of the list: archive is empty"),
        ("candidate,archive\n\"a\nb\",c\n", "line 2 of the list: candidate has control"),
        ("candidate,archive\na\u{1b}[2J,c\n", "line 2 of the list: candidate has control"),
        (
            "candidate,archive\na,b\nb,c\na,d\n",
            "lines 2 and 4 of the list both name candidate \"a\"",
        ),
        ("candidate,archive\na,b,c\n", "line 2 of the list: it has 3 cells"),
        ("challenge,candidate,archive,challenge\na,b,c,d\n", "once each"),
        (
            "candidate,archive,challenge\na,b,\na,c,tiny\n",
            "lines 2 and 3 of the list both name candidate \"a\"",
        ),
        ("candidate,archive,challenge\na,b,x\u{7}\n", "line 2 of the list: challenge has control"),
    ] {
        let error = parsed(text).expect_err(text);
        assert!(error.to_string().contains(says), "{text:?}: {error}");
        assert!(!error.remedy().is_empty());
    }
    let long = format!("candidate,archive\n{},b\n", "a".repeat(121));
    assert!(parsed(&long).expect_err("too long").to_string().contains("too long"));
    let latin = read(b"candidate,archive\nZo\xeb,a.zip\n");
    assert!(latin.expect_err("Latin-1").to_string().contains("not UTF-8"));
    let large = vec![b'a'; (16 << 20) + 1];
    assert!(matches!(read(&large), Err(ListError::TooLarge)));
}

#[test]
fn a_row_names_its_challenge_or_has_the_one_for_all() {
    let text = "candidate,archive,challenge\na,a.zip,courier-retry\na,b.zip,\nb,c.zip, tiny \n";
    let rows = read(text.as_bytes()).expect("one candidate may answer two challenges");
    let challenges: Vec<&str> = rows.iter().map(|row| row.challenge.as_str()).collect();
    assert_eq!(challenges, ["courier-retry", "tiny", "tiny"]);
    let without = parse_list(text.as_bytes(), Path::new(""), None).expect_err("line 3 has none");
    assert!(without.to_string().contains("line 3 of the list: challenge is empty"), "{without}");
    assert!(without.remedy().contains("--challenge"));
}

#[test]
fn an_archive_that_is_not_there_is_named_with_its_line() {
    let dir = tempfile::tempdir().expect("a folder");
    let list = dir.path().join("round.csv");
    std::fs::write(dir.path().join("a.zip"), "").expect("a file");
    std::fs::write(&list, "candidate,archive\na,a.zip\nb,b.zip\n").expect("a file");
    let error = read_list(&list, Some("tiny")).expect_err("b.zip is missing");
    assert!(matches!(error, ListError::Missing { line: 3, .. }), "{error}");
    let error = read_list(&dir.path().join("none.csv"), None).expect_err("no list");
    assert!(matches!(error, ListError::Io { .. }), "{error}");
}

proptest! {
    #[test]
    fn any_bytes_are_a_list_or_a_typed_refusal(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let with_header: Vec<u8> = b"candidate,archive\n".iter().chain(&bytes).copied().collect();
        for text in [bytes, with_header] {
            if let Ok(rows) = read(&text) {
                prop_assert!(rows.iter().all(|row| !row.named.candidate.is_empty()));
            }
        }
    }

    #[test]
    fn what_a_careful_tool_writes_is_read_as_it_was(
        rows in prop::collection::btree_map("[^\\p{C}\\s]([^\\p{C}]{0,20}[^\\p{C}\\s])?", "[a-z/ ,\"']{0,20}[a-z]", 1..20)
    ) {
        use unicode_normalization::UnicodeNormalization as _;
        let names: std::collections::BTreeSet<String> =
            rows.keys().map(|name| name.nfc().collect()).collect();
        prop_assume!(names.len() == rows.len());
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["candidate", "archive"]).expect("written");
        for (name, path) in &rows {
            writer.write_record([name, path.trim()]).expect("written");
        }
        let text = writer.into_inner().expect("bytes");
        let read = read(&text).expect("a list");
        for (row, (name, path)) in read.iter().zip(&rows) {
            prop_assert_eq!(&row.named.candidate, &name.nfc().collect::<String>());
            prop_assert_eq!(&row.named.path, &PathBuf::from("in").join(path.trim()));
        }
        prop_assert_eq!(read.len(), rows.len());
    }
}
