//! Lines of source text that say something.

use std::collections::HashSet;

/// A shorter line says nothing about where it comes from.
const LEAST_CHARS: usize = 12;

/// What Python files have in common, without white space.
const BOILERPLATE: [&str; 17] = [
    "@classmethod",
    "@contextlib.contextmanager",
    "@contextmanager",
    "@dataclass",
    "@dataclasses.dataclass",
    "@pytest.fixture",
    "@pytest.mark.",
    "@staticmethod",
    "asyncdef__",
    "def__",
    "defmain(",
    "if__name__==",
    "pytestmark=",
    "raiseNotImplementedError",
    "raiseSystemExit(",
    "returnNotImplemented",
    "sys.exit(",
];

/// A line that says something, without its white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: usize,
    pub(super) key: String,
}

/// The lines of a text that say something, in order.
///
/// What stands in triple quotes is prose or an example of data, which a README may well have too.
pub(super) fn telling(data: &[u8]) -> Vec<Line> {
    let mut quoted = false;
    String::from_utf8_lossy(data)
        .lines()
        .enumerate()
        .filter(|(_, line)| {
            let quotes = line.matches("\"\"\"").count() + line.matches("'''").count();
            let start = line.trim_start();
            let begins_quoted = quoted || start.starts_with("\"\"\"") || start.starts_with("'''");
            quoted ^= quotes % 2 == 1;
            !begins_quoted && !is_import(line)
        })
        .map(|(index, line)| Line {
            number: index + 1,
            key: line.chars().filter(|char| !char.is_whitespace()).collect(),
        })
        .filter(|line| says_something(&line.key))
        .collect()
}

/// The keys of many texts.
pub(super) fn keys<'a>(texts: impl IntoIterator<Item = &'a Vec<u8>>) -> HashSet<String> {
    texts.into_iter().flat_map(|data| telling(data)).map(|line| line.key).collect()
}

/// The names of the test functions that a Python file defines.
pub(super) fn test_names(data: &[u8]) -> Vec<String> {
    let is_name = |char: char| char.is_alphanumeric() || char == '_';
    String::from_utf8_lossy(data)
        .lines()
        .filter_map(|line| {
            let line = line.trim_start();
            let rest = line.strip_prefix("async ").map_or(line, str::trim_start);
            let name = rest.strip_prefix("def ")?.trim_start();
            let end = name.find(|char| !is_name(char)).unwrap_or(name.len());
            name.starts_with("test_").then(|| name[..end].to_owned())
        })
        .collect()
}

/// Whether pytest collects tests from a file of that name.
pub(super) fn is_test_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with("_test.py") || (name.starts_with("test_") && name.ends_with(".py"))
}

fn is_import(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("import ") || (line.starts_with("from ") && line.contains(" import"))
}

fn says_something(key: &str) -> bool {
    key.chars().count() >= LEAST_CHARS
        && key.chars().filter(|char| char.is_alphanumeric()).count() >= LEAST_CHARS / 2
        && !BOILERPLATE.iter().any(|start| key.starts_with(start))
        && !(key.starts_with("except") && key.ends_with(':'))
}

#[cfg(test)]
mod tests {
    use super::{is_test_file, telling, test_names};

    #[test]
    fn short_lines_rules_imports_and_boilerplate_say_nothing() {
        let text = "from a import b\nimport something\nx = 1\n# ------------------\n\
                    def __init__(self) -> None:\nif __name__ == \"__main__\":\n@pytest.fixture\n\
                    except (OSError, ValueError):\n    answer = 6 * 7 + 13\n";
        let lines = telling(text.as_bytes());
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!((lines[0].number, lines[0].key.as_str()), (9, "answer=6*7+13"));
    }

    #[test]
    fn indentation_and_spacing_make_no_other_line() {
        assert_eq!(
            telling(b"answer = [1, 2, 3]")[0].key,
            telling(b"\tanswer=[1,2,  3]\r\n")[0].key
        );
    }

    #[test]
    fn what_stands_in_triple_quotes_says_nothing() {
        let text = "\"\"\"One line of a docstring.\"\"\"\nFIRST_VALUE = \"\"\"\nid,name,amount\n\"\"\"\n\
                    SECOND_VALUE = 1 + 2\n'''\nanother text\n'''\n";
        let keys: Vec<_> = telling(text.as_bytes()).into_iter().map(|line| line.key).collect();
        assert_eq!(keys, ["FIRST_VALUE=\"\"\"", "SECOND_VALUE=1+2"]);
    }

    #[test]
    fn test_functions_are_found_in_classes_and_as_coroutines() {
        let text =
            "def test_a(x):\nclass T:\n    async def test_b():\ndef helper():\n# def test_c()\n";
        assert_eq!(test_names(text.as_bytes()), ["test_a", "test_b"]);
        assert!(is_test_file("sub/test_a.py") && is_test_file("a_test.py"));
        assert!(!is_test_file("test_data.json") && !is_test_file("support.py"));
    }
}
