//! The rules that an entry's name must obey, whatever it came in.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

use unicode_normalization::UnicodeNormalization;

use super::{IntakeLimits, NameRule, Refusal, left_out};

/// Longest name in a message, characters.
const SHOWN_CHARS: usize = 120;

/// What becomes of an entry by its name alone.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// The root itself, which archives made by `tar c .` have as an entry.
    Root,
    /// Kept, at these NFC-normalised components.
    Kept(Vec<String>),
    /// Left out by this rule, from the folder at these components.
    LeftOut(&'static str, Vec<String>),
}

/// Judges the raw name of an entry. `is_file` tells a regular file from all else.
///
/// Rules that no folder on disk can break come first and hold for left-out entries too; the
/// others are asked only of what leads to the part that is left out, because a folder's left-out
/// parts are never looked into and the same files must have the same fate in every kind of source.
pub(super) fn judge(raw: &[u8], is_file: bool, limits: &IntakeLimits) -> Result<Named, Refusal> {
    let refuse = |rule| Refusal::Name { entry: shown(raw), rule };
    if raw.starts_with(b"/") {
        return Err(refuse(NameRule::Absolute));
    }
    let trimmed = raw.strip_suffix(b"/").unwrap_or(raw);
    let mut components: Vec<&[u8]> = trimmed.split(|byte| *byte == b'/').collect();
    if components.contains(&b"..".as_slice()) {
        return Err(refuse(NameRule::ParentComponent));
    }
    components.retain(|component| *component != b".");
    if components.is_empty() {
        return Ok(Named::Root);
    }
    let last = components.len() - 1;
    let left_out = components.iter().enumerate().find_map(|(index, component)| {
        Some((index, left_out::rule(component, index == last && is_file)?))
    });
    components.truncate(left_out.map_or(components.len(), |(index, _)| index));
    let components = kept(&components, limits).map_err(refuse)?;
    Ok(match left_out {
        Some((_, rule)) => Named::LeftOut(rule, components),
        None => Named::Kept(components),
    })
}

/// The components of a path that is kept.
fn kept(components: &[&[u8]], limits: &IntakeLimits) -> Result<Vec<String>, NameRule> {
    if components.len() > limits.depth {
        return Err(NameRule::TooDeep(limits.depth));
    }
    let components = components
        .iter()
        .map(|component| normalise(component, limits))
        .collect::<Result<Vec<_>, _>>()?;
    let separators = components.len().saturating_sub(1);
    let path_bytes = components.iter().map(String::len).sum::<usize>() + separators;
    if path_bytes > limits.path_bytes {
        return Err(NameRule::PathTooLong(limits.path_bytes));
    }
    Ok(components)
}

/// NFC (UAX #15), because macOS hands out decomposed names and everyone else composed ones.
fn normalise(component: &[u8], limits: &IntakeLimits) -> Result<String, NameRule> {
    if component.is_empty() {
        return Err(NameRule::EmptyComponent);
    }
    let text = std::str::from_utf8(component).map_err(|_| NameRule::NotUtf8)?;
    if text.contains('\\') {
        return Err(NameRule::Backslash);
    }
    // At any depth: a wrapper that is stripped would bring it to the front.
    if matches!(component, [letter, b':', ..] if letter.is_ascii_alphabetic()) {
        return Err(NameRule::DriveLetter);
    }
    if text.chars().any(misleads) {
        return Err(NameRule::ControlCharacter);
    }
    let text: String = text.nfc().collect();
    if text.len() > limits.component_bytes {
        return Err(NameRule::ComponentTooLong(limits.component_bytes));
    }
    Ok(text)
}

/// Control characters, and the formatting characters that reorder or break a line: a name with
/// them is not the name that a reviewer sees (CVE-2021-42574 describes the trick).
fn misleads(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}'
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A raw name for a message: quoted, escaped, shortened.
pub(super) fn shown(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(text) => format!("{:?}", shorten(text)),
        Err(_) => format!("\"{}\"", shorten(&raw.escape_ascii().to_string())),
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The last component of a path, as a name for tables and reports: one line, nothing that a
/// terminal obeys, at most 120 characters. It never names a file again.
pub fn display(path: &Path) -> String {
    let resolved;
    let last = match path.file_name() {
        Some(name) => name,
        // `.`, `..` and `a/..` have no last component; what they stand for has.
        None => {
            resolved = path.canonicalize().unwrap_or_default();
            resolved.file_name().unwrap_or(OsStr::new("submission"))
        }
    };
    plain(&String::from_utf8_lossy(last.as_bytes()))
}

/// A text as one short line with nothing in it that a terminal obeys.
pub(super) fn plain(text: &str) -> String {
    let plain: String = text.nfc().map(|char| if misleads(char) { '_' } else { char }).collect();
    shorten(&plain)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Named, display, judge, shown};
    use crate::submission::{IntakeLimits, NameRule, Refusal};

    fn rule_of(raw: &[u8]) -> Option<NameRule> {
        match judge(raw, true, &IntakeLimits::default()) {
            Err(Refusal::Name { rule, .. }) => Some(rule),
            Err(other) => panic!("{other}"),
            Ok(_) => None,
        }
    }

    fn kept(raw: &[u8]) -> Option<String> {
        match judge(raw, true, &IntakeLimits::default()) {
            Ok(Named::Kept(components)) => Some(components.join("/")),
            _ => None,
        }
    }

    #[test]
    fn what_leads_to_a_left_out_part_obeys_the_rules_and_the_part_need_not() {
        let judge = |raw: &[u8]| judge(raw, true, &IntakeLimits::default());
        let parent = |raw| match judge(raw) {
            Ok(Named::LeftOut(_, components)) => components.join("/"),
            other => panic!("{other:?}"),
        };
        assert_eq!(parent(b"a/./b/.git/c\\d\n//x"), "a/b");
        assert_eq!(parent(b"__pycache__/\xff"), "");
        assert_eq!(rule_of(b"a\\b/.git/config"), Some(NameRule::Backslash));
        assert_eq!(rule_of(b"a//.git"), Some(NameRule::EmptyComponent));
    }

    #[test]
    fn names_that_leave_the_folder_or_mean_another_path_elsewhere_are_refused() {
        for (raw, rule) in [
            (b"/etc/passwd".as_slice(), NameRule::Absolute),
            (b"//host/share", NameRule::Absolute),
            (b"C:/x", NameRule::DriveLetter),
            (b"c:x", NameRule::DriveLetter),
            (b"./w/c:x", NameRule::DriveLetter),
            (b"..", NameRule::ParentComponent),
            (b"a/../b", NameRule::ParentComponent),
            (b"a/..", NameRule::ParentComponent),
            (b"a/../", NameRule::ParentComponent),
            (b"node_modules/../../x", NameRule::ParentComponent),
            (b"a//b", NameRule::EmptyComponent),
            (b"", NameRule::EmptyComponent),
            (b"a\\b", NameRule::Backslash),
            (b"..\\b", NameRule::Backslash),
            (b"a\nb", NameRule::ControlCharacter),
            (b"a\0b", NameRule::ControlCharacter),
            (b"\x1b[2J", NameRule::ControlCharacter),
            ("invoice\u{202e}yp.exe".as_bytes(), NameRule::ControlCharacter),
            (b"caf\xe9.py", NameRule::NotUtf8),
        ] {
            assert_eq!(rule_of(raw), Some(rule), "{}", shown(raw));
        }
    }

    #[test]
    fn ordinary_names_are_kept_and_composed() {
        assert_eq!(kept(b"./a/./b.py").as_deref(), Some("a/b.py"));
        assert_eq!(kept(b"..a/b..").as_deref(), Some("..a/b.."));
        assert_eq!(kept(b"a b/c d.txt").as_deref(), Some("a b/c d.txt"));
        assert_eq!(kept("cafe\u{301}.py".as_bytes()).as_deref(), Some("café.py"));
        let limits = IntakeLimits::default();
        for root in [b".".as_slice(), b"./", b"././"] {
            assert_eq!(judge(root, false, &limits).ok(), Some(Named::Root));
        }
    }

    #[test]
    fn lengths_and_depth_have_a_last_allowed_value() {
        let limits = IntakeLimits::default();
        let component = "x".repeat(255);
        assert!(kept(component.as_bytes()).is_some());
        assert_eq!(
            rule_of(format!("{component}x").as_bytes()),
            Some(NameRule::ComponentTooLong(255))
        );
        let path = format!("{component}/{component}/{component}/{}", "y".repeat(256 - 1));
        assert_eq!(path.len(), 1023);
        assert!(kept(path.as_bytes()).is_some());
        assert_eq!(rule_of(format!("z/{path}").as_bytes()), Some(NameRule::PathTooLong(1024)));
        let deep = vec!["d"; limits.depth].join("/");
        assert!(kept(deep.as_bytes()).is_some());
        assert_eq!(rule_of(format!("d/{deep}").as_bytes()), Some(NameRule::TooDeep(32)));
    }

    #[test]
    fn shown_names_are_short_and_hold_nothing_that_a_terminal_obeys() {
        assert_eq!(shown(b"a\x1b[31m"), r#""a\u{1b}[31m""#);
        assert_eq!(shown(b"\xff\n"), r#""\xff\n""#);
        assert!(shown("é".repeat(5_000).as_bytes()).chars().count() < 130);
        assert!(shown(&[0xff; 5_000]).chars().count() < 130);
    }

    #[test]
    fn a_display_name_is_the_last_component_made_plain() {
        assert_eq!(display(Path::new("/in/box/alice.zip")), "alice.zip");
        assert_eq!(display(Path::new("box/alice/")), "alice");
        assert_eq!(display(Path::new("a\u{1b}[2J\n.zip")), "a_[2J_.zip");
        assert_eq!(display(Path::new("/")), "submission");
        assert!(!display(Path::new(".")).is_empty());
    }
}
