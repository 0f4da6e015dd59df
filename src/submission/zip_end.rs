//! The records that end a zip archive (APPNOTE 4.3.14 to 4.3.16).
//!
//! Some readers look for the last end record, some for the first one that fits; some believe its
//! counts, some its sizes, some a Zip64 record before it. An archive that is two archives to two
//! readers shows a reviewer other files than are graded, so there may be one end only, and all
//! that it says must be so.

use std::ops::Range;

const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const ZIP64_END: &[u8] = b"PK\x06\x06";
const ZIP64_END_BYTES: usize = 56;
const LOCATOR: &[u8] = b"PK\x06\x07";
/// Bytes of a locator, which is right before the end record where there is one.
pub(super) const LOCATOR_BYTES: usize = 20;
/// The most that follows a directory: all three records, and the longest comment.
pub(super) const MAX_BYTES: usize = ZIP64_END_BYTES + LOCATOR_BYTES + END_BYTES + u16::MAX as usize;

/// The directory as it was read.
pub(super) struct Directory {
    pub(super) entries: u64,
    /// From its first header to what follows its last one.
    pub(super) span: Range<u64>,
}

/// What is wrong with `tail`, all that follows the directory; `before` are the last bytes of it.
pub(super) fn complaint(directory: &Directory, before: &[u8], tail: &[u8]) -> Option<&'static str> {
    let Directory { entries, span } = directory;
    let size = span.end - span.start;
    let mut rest = tail;
    let is_zip64 = tail.starts_with(ZIP64_END);
    if is_zip64 {
        let Some((record, after)) = tail.split_at_checked(ZIP64_END_BYTES + LOCATOR_BYTES) else {
            return Some("it ends too early");
        };
        let fields = [
            (4, 8, ZIP64_END_BYTES as u64 - 12),
            (16, 8, 0),
            (24, 8, *entries),
            (32, 8, *entries),
            (40, 8, size),
            (48, 8, span.start),
            (ZIP64_END_BYTES + 4, 4, 0),
            (ZIP64_END_BYTES + 8, 8, span.end),
            (ZIP64_END_BYTES + 16, 4, 1),
        ];
        let right = fields.iter().all(|(at, width, value)| number(record, *at, *width) == *value);
        if !right || !record[ZIP64_END_BYTES..].starts_with(LOCATOR) {
            return Some("its Zip64 end contradicts its directory");
        }
        rest = after;
    }
    let Some((record, comment)) =
        rest.split_at_checked(END_BYTES).filter(|_| rest.starts_with(END))
    else {
        return Some("its directory holds more entries than it declares");
    };
    let says = |at, width, value: u64| {
        let all_ones = u64::MAX >> (64 - 8 * width as u32);
        let said = number(record, at, width);
        said == value || (is_zip64 && said == all_ones)
    };
    let numbers = says(4, 2, 0)
        && says(6, 2, 0)
        && says(8, 2, *entries)
        && says(10, 2, *entries)
        && says(12, 4, size)
        && says(16, 4, span.start);
    if !numbers || (!is_zip64 && before.starts_with(LOCATOR)) {
        return Some("its end contradicts its directory");
    }
    if number(record, 20, 2) != comment.len() as u64 {
        return Some("something follows its end");
    }
    let has_end = comment.windows(END.len()).any(|window| window == END);
    has_end.then_some("it has two ends")
}

fn number(record: &[u8], at: usize, width: usize) -> u64 {
    record[at..at + width].iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::{Directory, complaint};

    const COUNTS: [u8; 4] = [1, 0, 1, 0];
    const PLACE: [u8; 8] = [50, 0, 0, 0, 100, 0, 0, 0];

    fn end(counts: [u8; 4], place: [u8; 8], comment: &[u8]) -> Vec<u8> {
        let length = [comment.len() as u8, 0];
        [b"PK\x05\x06\0\0\0\0".as_slice(), &counts, &place, &length, comment].concat()
    }

    fn zip64(entries: u8, start: u8, locator: u8) -> Vec<u8> {
        let long = |number: u8| [number, 0, 0, 0, 0, 0, 0, 0];
        let mut bytes = [b"PK\x06\x06".as_slice(), &long(44), &[45, 0, 45, 0]].concat();
        for number in [0, entries, entries, 50, start] {
            bytes.extend(long(number));
        }
        bytes.extend([b"PK\x06\x07\0\0\0\0".as_slice(), &long(locator), &[1, 0, 0, 0]].concat());
        bytes
    }

    fn complains(before: &[u8], tail: &[u8]) -> Option<&'static str> {
        complaint(&Directory { entries: 1, span: 100..150 }, before, tail)
    }

    #[test]
    fn one_end_that_is_right_is_taken() {
        let ones = [0xff; 8];
        let long = zip64(1, 100, 150);
        for tail in [
            end(COUNTS, PLACE, b""),
            end(COUNTS, PLACE, b"a comment"),
            [long.clone(), end(COUNTS, PLACE, b"")].concat(),
            [long, end([0xff; 4], ones, b"")].concat(),
        ] {
            assert_eq!(complains(b"", &tail), None, "{}", tail.escape_ascii());
        }
    }

    #[test]
    fn two_ends_and_ends_that_lie_are_told() {
        let right = end(COUNTS, PLACE, b"");
        for (tail, expected) in [
            (b"PK\x01\x02".to_vec(), "more entries"),
            (right[..21].to_vec(), "more entries"),
            (end([2, 0, 2, 0], PLACE, b""), "contradicts"),
            (end([1, 0, 0, 0], PLACE, b""), "contradicts"),
            (end([0xff; 4], PLACE, b""), "contradicts"),
            (end(COUNTS, [50, 0, 0, 0, 0, 0, 0, 0], b""), "contradicts"),
            ([right.clone(), b"more".to_vec()].concat(), "follows"),
            ([right.clone(), right.clone()].concat(), "follows"),
            (end(COUNTS, PLACE, &right), "two ends"),
            (zip64(1, 100, 150), "more entries"),
            ([zip64(2, 100, 150), right.clone()].concat(), "Zip64"),
            ([zip64(1, 0, 150), right.clone()].concat(), "Zip64"),
            ([zip64(1, 100, 0), right.clone()].concat(), "Zip64"),
            (zip64(1, 100, 150)[..60].to_vec(), "too early"),
        ] {
            let found = complains(b"", &tail).unwrap_or("nothing");
            assert!(found.contains(expected), "{found}: {}", tail.escape_ascii());
        }
        let locator = &zip64(1, 100, 150)[56..];
        assert!(complains(locator, &right).is_some(), "a locator in the last entry's comment");
    }
}
