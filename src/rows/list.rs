/// More of a wrong header is not shown.
const SHOWN: usize = 120;

/// Why a list cannot be read. Lines are counted from 1, the header's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowsError {
    /// The first line lacks a column, or has one of those asked for twice; its beginning.
    #[error("line 1 of the list names other columns: {0:?}")]
    Header(String),
    /// Not CSV, or not UTF-8.
    #[error("line {line} of the list: {detail}")]
    Syntax {
        /// Where.
        line: u64,
        /// What is wrong.
        detail: String,
    },
}

/// The rows below a header that has all columns that have to be there. Other columns are ignored, and
/// cells have no blanks around them.
#[derive(Debug)]
pub struct List<'a, const NEEDED: usize, const OPTIONAL: usize> {
    bytes: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    needed: [usize; NEEDED],
    optional: [Option<usize>; OPTIONAL],
}

/// A row: its line, and its cells in the order in which the columns were asked for. A cell of a column
/// that need not be there is `None` when it is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<const NEEDED: usize, const OPTIONAL: usize> {
    /// Where it begins.
    pub line: u64,
    /// The cells of the columns that have to be there.
    pub needed: [String; NEEDED],
    /// The others.
    pub optional: [Option<String>; OPTIONAL],
}

impl<'a, const NEEDED: usize, const OPTIONAL: usize> List<'a, NEEDED, OPTIONAL> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`RowsError`].
    pub fn open(
        bytes: &'a [u8],
        needed: [&str; NEEDED],
        optional: [&str; OPTIONAL],
    ) -> Result<Self, RowsError> {
        // Spreadsheets begin UTF-8 with a mark.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
        let header = reader.headers().map_err(|error| syntax(bytes, error))?.clone();
        let wrong = || {
            let found = header.iter().collect::<Vec<_>>().join(",");
            RowsError::Header(found.chars().take(SHOWN).collect())
        };
        let place = |name: &str| {
            let mut places = header.iter().enumerate().filter(|(_, cell)| *cell == name);
            match (places.next(), places.next()) {
                (place, None) => Ok(place.map(|(place, _)| place)),
                _ => Err(wrong()),
            }
        };
        let mut list = Self { bytes, reader, needed: [0; NEEDED], optional: [None; OPTIONAL] };
        for (at, name) in list.needed.iter_mut().zip(needed) {
            *at = place(name)?.ok_or_else(wrong)?;
        }
        for (at, name) in list.optional.iter_mut().zip(optional) {
            *at = place(name)?;
        }
        Ok(list)
    }

    /// The rows, one after another. After an error there is nothing to go on with.
    pub fn rows(mut self) -> impl Iterator<Item = Result<Row<NEEDED, OPTIONAL>, RowsError>> + 'a {
        let mut record = csv::StringRecord::new();
        std::iter::from_fn(move || match self.reader.read_record(&mut record) {
            Ok(false) => None,
            Err(error) => Some(Err(syntax(self.bytes, error))),
            Ok(true) => {
                let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
                Some(Ok(Row {
                    line: line(self.bytes, record.position()),
                    needed: self.needed.map(cell),
                    optional: self.optional.map(|at| at.map(cell).filter(|text| !text.is_empty())),
                }))
            }
        })
    }
}

/// The reader's positions are where the row before ends: before the line feed of a CR LF, and before empty
/// lines.
fn line(bytes: &[u8], at: Option<&csv::Position>) -> u64 {
    let Some(at) = at else { return 1 };
    let rest = usize::try_from(at.byte()).ok().and_then(|from| bytes.get(from..));
    let ends = rest.unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    at.line() + ends.filter(|byte| **byte == b'\n').count() as u64
}

fn syntax(bytes: &[u8], error: csv::Error) -> RowsError {
    let line = line(bytes, error.position());
    let detail = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} cells and the header has {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8".to_owned(),
        _ => error.to_string(),
    };
    RowsError::Syntax { line, detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Row<1, 1>>, RowsError> {
        List::open(text.as_bytes(), ["a"], ["b"])?.rows().collect()
    }

    #[test]
    fn columns_are_found_wherever_they_stand() {
        let rows = read("\u{feff}b,x,a\r\n , 1 ,\"two\nlines\"\r\n3,4, 5 \r\n").expect("rows");
        assert_eq!((rows[0].line, rows[0].needed[0].as_str()), (2, "two\nlines"));
        assert_eq!(rows[0].optional, [None]);
        assert_eq!((rows[1].line, rows[1].optional[0].as_deref()), (4, Some("3")));
        assert_eq!(read("a\r\n\r\n1\r\n").expect("rows")[0].line, 3);
        assert_eq!(read("a\n1\n").expect("rows")[0].optional, [None]);
    }

    #[test]
    fn what_cannot_be_read_is_said_with_its_line() {
        assert_eq!(read("b\n1\n"), Err(RowsError::Header("b".into())));
        assert_eq!(read("a,b,b\n"), Err(RowsError::Header("a,b,b".into())));
        let long = "x".repeat(1000);
        assert_eq!(read(&long), Err(RowsError::Header(long[..SHOWN].into())));
        for (text, line) in [("a,b\n1,2\n3\n", 3), ("a,b\n1,2,3\n", 2)] {
            assert!(matches!(read(text), Err(RowsError::Syntax { line: at, .. }) if at == line));
        }
        let wrong = read("a,b\r\n1,2\r\n\r\n3\r\n");
        assert!(matches!(wrong, Err(RowsError::Syntax { line: 4, .. })), "{wrong:?}");
        let list = List::open(b"a\n\xff\n", ["a"], []).expect("a header");
        assert!(matches!(list.rows().next(), Some(Err(RowsError::Syntax { line: 2, .. }))));
    }
}
