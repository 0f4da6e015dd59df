//! What containers and programs say as JSON: frames, messages, mutants, reports.

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;
use takehome::{
    domain::Report,
    run::RawMutants,
    submission::{IntakeLimits, Submission},
    verify::Mutant,
    wire::{FrameDecoder, FrameError, FromAgent, FromJudge, FromMutator, MAX_FRAME_BYTES, encode},
};

use crate::{archives::common, harness::Target, mutate};

const JSON_WORDS: [&[u8]; 20] = [
    b"null",
    b"true",
    b"-0",
    b"1e999",
    b"0.1e-7",
    b"18446744073709551616",
    b"9007199254740993.0",
    b"\"type\":",
    b",",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\u0000",
    b"\\ud800",
    b"\\u202e",
    b"\0\0\0\x02{}",
    b"\x01\0\0\0",
    b"\x01\0\0\x01",
];

fn framed(body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32).to_be_bytes(), body].concat()
}

/// A stream gives the same messages however it is cut, and every message encodes to a frame that
/// decodes to it again.
#[test]
fn frame_streams() {
    let target = Target::new("frames");
    let corpus = target.corpus();
    let bodies = Target::new("messages").corpus();
    let inputs = prop_oneof![
        mutate::bytes(corpus, &JSON_WORDS),
        mutate::json_lines(bodies).prop_map(|text| {
            text.split(|byte| *byte == b'\n').flat_map(framed).collect::<Vec<u8>>()
        }),
    ];
    target.run(&inputs.boxed(), |stream, _| {
        let (whole, end) = decoded(stream, stream.len().max(1));
        for cut in [1, 3, 7, 64] {
            assert_eq!(decoded(stream, cut), (whole.clone(), end.clone()), "in pieces of {cut}");
        }
        for message in whole {
            let frame = encode(&message).expect("what was decoded is short enough");
            assert_eq!(decoded(&frame, 5), (vec![message], String::new()));
        }
    });
}

/// The messages of a stream, and how it ended.
fn decoded(stream: &[u8], cut: usize) -> (Vec<Value>, String) {
    let mut decoder = FrameDecoder::default();
    let mut messages = Vec::new();
    for chunk in stream.chunks(cut) {
        decoder.push(chunk);
        loop {
            match decoder.next_message() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(FrameError::TooLong(length)) => {
                    assert!(length > MAX_FRAME_BYTES);
                    return (messages, "too long".to_owned());
                }
                Err(error) => return (messages, error.to_string()),
            }
        }
    }
    (messages, decoder.finish().err().map(|error| error.to_string()).unwrap_or_default())
}

/// A body that is a message of one side, read from its bytes, is the same when it is read from its
/// JSON: no key is there twice, none is unknown. No body is a message of two sides.
#[test]
fn messages() {
    let target = Target::new("messages");
    let inputs = prop_oneof![
        1 => mutate::bytes(target.corpus(), &JSON_WORDS),
        3 => mutate::json_lines(target.corpus()),
    ];
    target.run(&inputs.boxed(), |bytes, _| {
        for body in bytes.split(|byte| *byte == b'\n') {
            let agent = message::<FromAgent>(body);
            let judge = message::<FromJudge>(body);
            let mutator = message::<FromMutator>(body);
            let sides = [agent.is_some(), judge.is_some(), mutator.is_some()];
            let broken = matches!(judge, Some(FromJudge::Broken { .. }));
            let known = sides.into_iter().filter(|side| *side).count();
            assert!(known <= 1 + usize::from(broken), "a message of several sides");
        }
    });
}

fn message<T: DeserializeOwned + PartialEq + std::fmt::Debug>(body: &[u8]) -> Option<T> {
    let mut decoder = FrameDecoder::default();
    decoder.push(&framed(body));
    let message: T = decoder.next_message().ok()??;
    let tree: Value = serde_json::from_slice(body).expect("a message is JSON");
    assert!(tree["type"].is_string());
    let again: T = serde_json::from_value(tree).expect("the same message");
    assert_eq!(again, message);
    Some(message)
}

/// Mutants are lines of the reference that change into others, whatever the container says; and
/// with one applied, only its file differs.
#[test]
fn mutants() {
    const TEXT: &str = "import os\n\n\ndef f(x):\n    return x + 1\n\n\nprint(f(1))\n";
    let tar = common::tar(&[("a.py", TEXT.as_bytes()), ("b.py", b"x = 1\n")]);
    let reference =
        Submission::from_archive("reference", std::io::Cursor::new(tar), &IntakeLimits::default())
            .expect("a reference");
    let target = Target::new("mutants");
    let inputs = prop_oneof![
        1 => mutate::bytes(target.corpus(), &JSON_WORDS),
        3 => mutate::json_lines(target.corpus()),
    ];
    target.run(&inputs.boxed(), |bytes, _| {
        let mutants = bytes.split(|byte| *byte == b'\n').filter_map(|body| {
            match serde_json::from_slice(body) {
                Ok(FromMutator::Mutant(mutant)) => Some(mutant),
                _ => None,
            }
        });
        let raw = RawMutants { mutants: mutants.collect(), ..RawMutants::default() };
        let count = raw.mutants.len();
        match Mutant::check(raw, &["a.py".to_owned()], &reference) {
            Err(message) => assert!(!message.is_empty()),
            Ok(mutants) => {
                assert_eq!(mutants.len(), count);
                mutants.iter().for_each(|mutant| assert_applies(mutant, &reference, TEXT));
            }
        }
    });
}

fn assert_applies(mutant: &Mutant, reference: &Submission, text: &str) {
    assert_eq!(mutant.file, "a.py");
    let applied = mutant.apply(reference);
    assert_eq!(applied.read("b.py"), reference.read("b.py"));
    assert_eq!(applied.files.len(), reference.files.len());
    let changed = String::from_utf8(applied.read("a.py").expect("a.py")).expect("text");
    let before: Vec<&str> = text.split('\n').take(mutant.line - 1).collect();
    assert!(changed.split('\n').take(mutant.line - 1).eq(before), "{changed:?}");
    assert_ne!(changed, text);
    let rest = mutant.line - 1 + mutant.original.split('\n').count();
    let after: Vec<&str> = text.split('\n').skip(rest).collect();
    assert!(changed.ends_with(&after.join("\n")), "{changed:?}");
}

/// A report that was read is written as it was: once more read and written, nothing changes.
#[test]
fn reports() {
    let target = Target::new("report");
    let inputs = prop_oneof![
        1 => mutate::bytes(target.corpus(), &JSON_WORDS),
        3 => mutate::json_lines(target.corpus()),
    ];
    target.run(&inputs.boxed(), |bytes, _| {
        let Ok(report) = serde_json::from_slice::<Report>(bytes) else { return };
        let text = serde_json::to_string(&report).expect("a report is JSON");
        let again: Report = serde_json::from_str(&text).expect("what we write we read");
        assert_eq!(again, report);
        assert_eq!(serde_json::to_string(&again).expect("a report is JSON"), text);
    });
}
