use std::collections::BTreeMap;

use crate::domain::{IntegrityKind, IntegrityNote};

const NOTES_OF_A_KIND: u32 = 10;

/// One line for each thing that was seen, with its count; at most ten of a kind, so that many harmless
/// ones leave room for one that is not.
pub(super) fn merge_notes(notes: &mut Vec<IntegrityNote>) {
    let mut counted: Vec<(IntegrityNote, u32)> = Vec::new();
    for note in notes.drain(..) {
        match counted.iter_mut().find(|(known, _)| *known == note) {
            Some((_, count)) => *count += 1,
            None => counted.push((note, 1)),
        }
    }
    let mut of_kind: BTreeMap<IntegrityKind, u32> = BTreeMap::new();
    counted.retain(|(note, _)| {
        let seen = of_kind.entry(note.kind).or_default();
        *seen += 1;
        *seen <= NOTES_OF_A_KIND
    });
    notes.extend(counted.into_iter().map(|(mut note, count)| {
        if count > 1 {
            note.detail = format!("{} ({count} times)", note.detail);
        }
        note
    }));
}
