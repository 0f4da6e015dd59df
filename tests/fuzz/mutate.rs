//! Changes of kept seeds: of their bytes, of their lines, and of the JSON in them.

use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Map, Value, json};

/// Numbers at which lengths, counts and offsets go wrong.
const NUMBERS: [u64; 14] = [
    0,
    1,
    2,
    0x7f,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0xffff_fffe,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0xffff_ffff_ffff_fffe,
    0xffff_ffff_ffff_ffff,
];
/// No input grows beyond this.
const MAX_BYTES: usize = 48 << 10;

/// One change, as numbers that shrink: what, where, where else, and with what.
type Edit = (u8, Index, Index, u64);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    vec((0..12_u8, any::<Index>(), any::<Index>(), any::<u64>()), 0..6)
}

/// Seeds with a few changed bytes; `words` are pieces of the format to put in.
pub fn bytes(corpus: Vec<Vec<u8>>, words: &'static [&'static [u8]]) -> BoxedStrategy<Vec<u8>> {
    (any::<Index>(), edits())
        .prop_map(move |(seed, edits)| {
            let mut bytes = corpus[seed.index(corpus.len())].clone();
            for edit in &edits {
                change(&mut bytes, edit, &corpus, words);
                bytes.truncate(MAX_BYTES);
            }
            bytes
        })
        .boxed()
}

fn change(bytes: &mut Vec<u8>, edit: &Edit, corpus: &[Vec<u8>], words: &[&[u8]]) {
    let (kind, at, other, value) = edit;
    if bytes.is_empty() {
        bytes.extend_from_slice(&corpus[other.index(corpus.len())]);
        return;
    }
    let start = at.index(bytes.len());
    let length = 1 + other.index((bytes.len() - start).min(64));
    let byte = value.to_le_bytes()[0];
    match kind {
        0 => bytes[start] ^= 1 << (byte % 8),
        1 => bytes[start] = byte,
        2 => bytes.insert(start, byte),
        3 => drop(bytes.drain(start..start + length)),
        4 => bytes.extend_from_within(start..),
        5 => {
            let part = bytes[start..start + length].to_vec();
            bytes.splice(start..start, part.repeat(1 + usize::from(byte % 8)));
        }
        6 => bytes.truncate(start),
        7 | 8 => number(&mut bytes[start..], *value),
        9 => {
            let from = other.index(bytes.len());
            let length = length.min(bytes.len() - from).min(bytes.len() - start);
            let part = bytes[from..from + length].to_vec();
            bytes.copy_within(start..start + length, from);
            bytes[start..start + length].copy_from_slice(&part);
        }
        10 if !words.is_empty() => {
            let word = words[usize::from(byte) % words.len()];
            let end = if value & 0x100 == 0 { start } else { bytes.len().min(start + word.len()) };
            bytes.splice(start..end, word.iter().copied());
        }
        _ => {
            let donor = &corpus[usize::from(byte) % corpus.len()];
            bytes.truncate(start);
            bytes.extend_from_slice(&donor[other.index(donor.len() + 1)..]);
        }
    }
}

/// Writes a number of one to eight bytes, either end first.
fn number(bytes: &mut [u8], choice: u64) {
    let [which, width, order, near, ..] = choice.to_le_bytes();
    let value =
        NUMBERS[usize::from(which) % NUMBERS.len()].wrapping_add(u64::from(near % 3)).to_le_bytes();
    let width = (1 << (width % 4)).min(bytes.len());
    let mut field = value[..width].to_vec();
    if order % 2 == 0 {
        field.reverse();
    }
    bytes[..width].copy_from_slice(&field);
}

/// Seeds of `key = value` lines with changed lines; `values` replace what follows a `=`.
pub fn lines(corpus: Vec<Vec<u8>>, values: &'static [&'static str]) -> BoxedStrategy<Vec<u8>> {
    (any::<Index>(), edits())
        .prop_map(move |(seed, edits)| {
            let mut lines = text_lines(&corpus[seed.index(corpus.len())]);
            for (kind, at, other, value) in edits {
                if lines.is_empty() {
                    break;
                }
                let (at, other) = (at.index(lines.len()), other.index(lines.len()));
                match kind {
                    0 => drop(lines.remove(at)),
                    1 => lines.insert(at, lines[other].clone()),
                    2 => lines.swap(at, other),
                    3 => {
                        let donor = &corpus[value as usize % corpus.len()];
                        lines.splice(at..at, text_lines(donor));
                        lines.truncate(400);
                    }
                    _ => {
                        let new = values[value as usize % values.len()];
                        let line = &mut lines[at];
                        *line = match line.split_once('=') {
                            Some((key, _)) => format!("{key}= {new}"),
                            None => new.to_owned(),
                        };
                    }
                }
            }
            lines.join("\n").into_bytes()
        })
        .boxed()
}

/// Seeds of JSON documents, one a line, with changed nodes and lines. What is no JSON stays.
pub fn json_lines(corpus: Vec<Vec<u8>>) -> BoxedStrategy<Vec<u8>> {
    (any::<Index>(), edits())
        .prop_map(move |(seed, edits)| {
            let mut lines = text_lines(&corpus[seed.index(corpus.len())]);
            for (kind, at, other, value) in edits {
                if lines.is_empty() {
                    break;
                }
                let (at, to) = (at.index(lines.len()), other.index(lines.len()));
                match kind {
                    0 => drop(lines.remove(at)),
                    1 => lines.insert(to, lines[at].clone()),
                    2 => lines.swap(at, to),
                    _ => {
                        let Ok(mut tree) = serde_json::from_str(&lines[at]) else { continue };
                        let mut place = other.index(nodes(&tree));
                        change_node(&mut tree, &mut place, value);
                        lines[at] = tree.to_string();
                    }
                }
            }
            lines.join("\n").into_bytes()
        })
        .boxed()
}

fn text_lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
}

fn nodes(tree: &Value) -> usize {
    1 + match tree {
        Value::Array(items) => items.iter().map(nodes).sum(),
        Value::Object(fields) => fields.values().map(nodes).sum(),
        _ => 0,
    }
}

/// Replaces the node that is `place` steps away, or changes its container.
fn change_node(tree: &mut Value, place: &mut usize, value: u64) -> bool {
    if *place == 0 {
        *tree = replaced(tree, value);
        return true;
    }
    *place -= 1;
    match tree {
        Value::Array(items) => items.iter_mut().any(|item| change_node(item, place, value)),
        Value::Object(fields) => fields.values_mut().any(|item| change_node(item, place, value)),
        _ => false,
    }
}

/// Another value of the same type, most of the time: it gets past the types.
fn replaced(tree: &Value, value: u64) -> Value {
    let [kind, which, more, ..] = value.to_le_bytes();
    let number = NUMBERS[usize::from(which) % NUMBERS.len()];
    match tree {
        _ if kind % 3 == 0 => odd(tree, which, value),
        Value::Null | Value::Number(_) => json!(number),
        Value::Bool(bool) => json!(!bool),
        Value::String(_) => {
            let words = ["passed", "ok", "hidden_leak", "a.py", "", "é\u{202e}\u{0}\u{1b}[2J\n"];
            json!(words[usize::from(which) % words.len()].repeat(1 + usize::from(more % 4)))
        }
        Value::Array(items) if which % 2 == 0 => items.iter().chain(items).cloned().collect(),
        Value::Array(items) => items.iter().skip(1).cloned().collect(),
        Value::Object(fields) => {
            let skipped = usize::from(which) % (fields.len() + 1);
            let kept = fields.iter().enumerate().filter(|(index, _)| *index != skipped);
            Value::Object(kept.map(|(_, (key, item))| (key.clone(), item.clone())).collect())
        }
    }
}

/// A value of a type that does not belong there.
fn odd(tree: &Value, which: u8, value: u64) -> Value {
    match which % 10 {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(NUMBERS[usize::from(which / 10) % NUMBERS.len()]),
        3 => json!(f64::from_bits(value)),
        4 => json!(-1.5e-7),
        5 => json!("x".repeat(usize::from(which) * 40)),
        6 => (0..usize::from(which) % 140).fold(tree.clone(), |inner, _| json!([inner])),
        7 => Value::Object(Map::new()),
        8 => match tree {
            Value::Object(fields) => {
                let mut fields = fields.clone();
                fields.insert("more".to_owned(), json!(value));
                Value::Object(fields)
            }
            _ => json!(tree.to_string()),
        },
        _ => json!([tree]),
    }
}
