//! Extended header records of the pax format (POSIX.1-2017, "pax Extended Header").

/// The records that change what an entry is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Records {
    pub(super) path: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    /// GNU's later sparse formats keep their map in records.
    pub(super) sparse: bool,
}

/// Parses `LENGTH KEY=VALUE\n` records. A later one would replace an earlier one, which not every
/// reader does: two of a kind that matters here are malformed.
///
/// The length decides where a record ends and not the line break: values of extended attributes
/// hold any byte. None: malformed.
pub(super) fn parse(mut bytes: &[u8]) -> Option<Records> {
    let mut records = Records::default();
    while !bytes.is_empty() {
        let space = bytes.iter().take(8).position(|byte| *byte == b' ')?;
        let length: usize = std::str::from_utf8(&bytes[..space]).ok()?.parse().ok()?;
        let record = bytes.get(space + 1..length)?.strip_suffix(b"\n")?;
        let equals = record.iter().position(|byte| *byte == b'=')?;
        let (key, value) = (&record[..equals], &record[equals + 1..]);
        match key {
            b"path" if records.path.is_none() => records.path = Some(value.to_vec()),
            b"size" if records.size.is_none() => {
                records.size = Some(std::str::from_utf8(value).ok()?.parse().ok()?);
            }
            b"path" | b"size" => return None,
            _ if key.starts_with(b"GNU.sparse.") => records.sparse = true,
            _ => {}
        }
        bytes = &bytes[length..];
    }
    Some(records)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn records_end_where_their_length_says() {
        let records = parse(b"22 SCHILY.xattr.a=\n\n\n\n13 path=a/b\n\n10 size=3\n").unwrap();
        assert_eq!(records.path.as_deref(), Some(b"a/b\n".as_slice()));
        assert_eq!(records.size, Some(3));
        assert!(!records.sparse);
        assert!(parse(b"22 GNU.sparse.major=1\n").unwrap().sparse);
        assert_eq!(parse(b"").unwrap(), Default::default());
    }

    #[test]
    fn malformed_records_are_told() {
        for broken in [
            b"x".as_slice(),
            b" path=a\n",
            b"0 path=a\n",
            b"3 path=a\n",
            b"99 path=a\n",
            b"9 path=a\nx",
            b"10 path=abc",
            b"9 pathabc\n ",
            b"12 size=-12\n",
            b"9 path=a\n9 path=b\n",
            b"9 size=1\n9 size=1\n",
            b"18446744073709551615 a=b\n",
        ] {
            assert_eq!(parse(broken), None, "{}", broken.escape_ascii());
        }
    }
}
