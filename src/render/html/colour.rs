//! Python's tokens, for colours only: one linear pass that never fails, whatever the text.

use logos::{Lexer, Logos};

/// A piece of a line and the class of its colour; empty for plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::render) struct Piece {
    pub(in crate::render) class: &'static str,
    pub(in crate::render) text: String,
}

#[derive(Logos, Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    #[regex(r"#[^\n]*", allow_greedy = true)]
    Comment,
    #[regex(r#"[rRbBuUfFtT]{0,2}("""|'''|"|')"#, string)]
    String,
    #[regex(r"[0-9][0-9A-Za-z_.]*")]
    Number,
    #[regex(r"@[A-Za-z_][A-Za-z0-9_.]*")]
    Decorator,
    #[regex(r"[\p{L}_][\p{L}\p{N}_]*")]
    Name,
    #[token("\n")]
    Line,
    #[regex(r"[ \t]+")]
    Blank,
}

const KEYWORDS: [&str; 38] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "case", "class",
    "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if",
    "import", "in", "is", "lambda", "match", "nonlocal", "not", "or", "pass", "raise", "return",
    "try", "type", "while", "with", "yield",
];

/// The rest of a string after its opening quotes. One that is not closed ends at the end of its
/// line, or of the file when it has three quotes.
fn string(lexer: &mut Lexer<'_, Token>) {
    let opening = lexer.slice().trim_start_matches(|c: char| c.is_ascii_alphabetic()).to_owned();
    let rest = lexer.remainder();
    let (mut escaped, mut end) = (false, rest.len());
    for (at, c) in rest.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == '\n' && opening.len() == 1 {
            end = at;
            break;
        } else if rest[at..].starts_with(&opening) {
            end = at + opening.len();
            break;
        }
    }
    lexer.bump(end);
}

/// The lines of Python source in pieces. Text must be visible already.
pub(in crate::render) fn python(source: &str) -> Vec<Vec<Piece>> {
    let mut lines = Lines::default();
    let mut lexer = Token::lexer(source);
    // What stands before a token on its line decides about decorators and defined names.
    let (mut begins_line, mut defines) = (true, false);
    while let Some(token) = lexer.next() {
        let text = lexer.slice();
        let class = match token {
            Ok(Token::Comment) => "tc",
            Ok(Token::String) => "ts",
            Ok(Token::Number) => "tn",
            Ok(Token::Decorator) if begins_line => "td",
            Ok(Token::Name) if defines => "td",
            Ok(Token::Name) if KEYWORDS.contains(&text) => "tk",
            _ => "",
        };
        match token {
            Ok(Token::Blank) => {}
            _ => {
                begins_line = token == Ok(Token::Line);
                defines = matches!(text, "def" | "class") && class == "tk";
            }
        }
        lines.push(class, text);
    }
    lines.done
}

/// The lines of any other text.
pub(in crate::render) fn plain(source: &str) -> Vec<Vec<Piece>> {
    let mut lines = Lines::default();
    lines.push("", source);
    lines.done
}

#[derive(Default)]
struct Lines {
    done: Vec<Vec<Piece>>,
    /// The last line has ended; the next piece begins a new one.
    ended: bool,
}

impl Lines {
    /// Appends a token, which may reach over several lines.
    fn push(&mut self, class: &'static str, text: &str) {
        for part in text.split_inclusive('\n') {
            if self.done.is_empty() || self.ended {
                self.done.push(Vec::new());
            }
            self.ended = part.ends_with('\n');
            let part = part.strip_suffix('\n').unwrap_or(part);
            let Some(line) = self.done.last_mut() else { continue };
            match line.last_mut() {
                _ if part.is_empty() => {}
                Some(last) if last.class == class => last.text.push_str(part),
                _ => line.push(Piece { class, text: part.to_owned() }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Piece, plain, python};

    fn marked(source: &str) -> Vec<String> {
        let mark = |piece: &Piece| match piece.class {
            "" => piece.text.clone(),
            class => format!("<{class} {}>", piece.text),
        };
        python(source).iter().map(|line| line.iter().map(mark).collect()).collect()
    }

    #[test]
    fn python_is_told_apart() {
        let source = "@cache\ndef f(x: int = 0x1F) -> str:  # why\n    return rf'a\\'{x}' @ b\n";
        assert_eq!(
            marked(source),
            [
                "<td @cache>",
                "<tk def> <td f>(x: int = <tn 0x1F>) -> str:  <tc # why>",
                "    <tk return> <ts rf'a\\'{x}'> @ b",
            ]
        );
        assert_eq!(
            marked("'''a\n\nb''' + 'open\nif"),
            ["<ts '''a>", "", "<ts b'''> + <ts 'open>", "<tk if>"]
        );
        assert_eq!(marked("Größe = \"\"\"x"), ["Größe = <ts \"\"\"x>"]);
    }

    proptest! {
        #[test]
        fn no_text_is_lost(source in r##"(\PC|[\n\t'"#@\\]|'''|"""|def ){0,80}"##) {
            let lines: Vec<&str> = source.lines().collect();
            for shown in [python(&source), plain(&source)] {
                let text: Vec<String> =
                    shown.iter().map(|line| line.iter().map(|piece| piece.text.as_str()).collect()).collect();
                prop_assert_eq!(&text, &lines);
            }
        }
    }
}
