use std::{fmt, io};

use crate::domain::{Fault, Verdict};

/// Why a submission was not taken in: names the entry and the rule that it breaks.
///
/// Entry names arrive here already escaped and shortened (see `shown`), so that a message is
/// safe to print on a terminal and to put into a report.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The path does not exist.
    #[error("{path} does not exist")]
    NotFound {
        /// Which path.
        path: String,
    },
    /// The operating system refuses to read it.
    #[error("failed to read {what}: {cause}")]
    Unreadable {
        /// Which file.
        what: String,
        /// Why not.
        cause: io::Error,
    },
    /// The file is of no accepted format.
    #[error("this is {found}, not a zip or tar archive")]
    NotAnArchive {
        /// What it looks like.
        found: &'static str,
    },
    /// The archive is cut off, contradicts itself or fails its checksum.
    #[error("the archive is damaged{}: {detail}", at(.entry))]
    Corrupt {
        /// The entry at which it shows.
        entry: Option<String>,
        /// What is wrong.
        detail: String,
    },
    /// A zip entry needs a password.
    #[error("entry {entry} is encrypted")]
    Encrypted {
        /// Which entry.
        entry: String,
    },
    /// A zip entry is compressed in a way that is not read here.
    #[error("entry {entry} is compressed with {method}")]
    UnsupportedCompression {
        /// Which entry.
        entry: String,
        /// The method as the zip format names it.
        method: String,
    },
    /// An entry's name breaks a rule.
    #[error("the name of entry {entry} {rule}")]
    Name {
        /// Which entry.
        entry: String,
        /// Which rule.
        rule: NameRule,
    },
    /// An entry is neither a regular file nor a folder.
    #[error("entry {entry} is {kind}; a submission holds regular files and folders only")]
    Special {
        /// Which entry.
        entry: String,
        /// What it is.
        kind: SpecialKind,
    },
    /// A name occurs twice, possibly in two Unicode spellings.
    #[error("entry {entry} occurs twice")]
    Duplicate {
        /// Which entry.
        entry: String,
    },
    /// Two names differ only in case, so some file systems can hold only one of them.
    #[error("entries {entry} and {other} differ only in upper and lower case")]
    CaseCollision {
        /// The later entry.
        entry: String,
        /// The earlier one.
        other: String,
    },
    /// A name is used for a file and for a folder.
    #[error("entry {entry} is used as a file and as a folder")]
    FileAsFolder {
        /// Which entry.
        entry: String,
    },
    /// More files and folders than are kept.
    #[error("there are more than {limit} files and folders")]
    TooManyEntries {
        /// The most that is allowed.
        limit: usize,
    },
    /// More entries than are looked at, those that are left out included.
    #[error("there are more than {limit} entries, left-out ones included")]
    TooManyScanned {
        /// The most that is allowed.
        limit: usize,
    },
    /// One file is too large.
    #[error("file {entry} is larger than {limit} bytes")]
    FileTooLarge {
        /// Which file.
        entry: String,
        /// The most that is allowed.
        limit: u64,
    },
    /// All files together are too large.
    #[error("the files are larger than {limit} bytes together")]
    TotalTooLarge {
        /// The most that is allowed.
        limit: u64,
    },
    /// The archive file is too large.
    #[error("the archive is larger than {limit} bytes")]
    ArchiveTooLarge {
        /// The most that is allowed.
        limit: u64,
    },
    /// The archive unpacks to too much, files that are left out included.
    #[error("the archive unpacks to more than {limit} bytes, left-out files included")]
    ScannedTooLarge {
        /// The most that is allowed.
        limit: u64,
    },
    /// Compressed beyond anything that a program's sources reach.
    #[error("the archive{} unpacks to more than {limit} times its size", at(.entry))]
    Ratio {
        /// The entry, where the format compresses each by itself.
        entry: Option<String>,
        /// The highest ratio that is allowed.
        limit: u64,
    },
    /// There is no file in it.
    #[error("there is no file in it, apart from what is always left out")]
    Empty,
}

/// The rule that an entry's name breaks; completes "the name of entry X …".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameRule {
    /// `/etc/passwd`.
    Absolute,
    /// `C:/Users` or `a/C:x`.
    DriveLetter,
    /// `a/../b`.
    ParentComponent,
    /// `a//b`.
    EmptyComponent,
    /// `a\b`, which is a path on Windows and a file name elsewhere.
    Backslash,
    /// Line breaks, escapes, NUL, and characters that reorder the text around them.
    ControlCharacter,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// A component above the limit.
    ComponentTooLong(usize),
    /// A path above the limit.
    PathTooLong(usize),
    /// More components than the limit.
    TooDeep(usize),
}

/// What an entry is that is neither a file nor a folder; completes "entry X is …".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpecialKind {
    /// A symbolic link.
    Symlink,
    /// A hard link to another entry.
    HardLink,
    /// A character or block device.
    Device,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A file stored as a map of its holes.
    Sparse,
    /// A type that the format does not define.
    Unknown,
}

impl fmt::Display for NameRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute => f.write_str("is absolute"),
            Self::DriveLetter => f.write_str("has a drive letter"),
            Self::ParentComponent => f.write_str("has a `..` component"),
            Self::EmptyComponent => f.write_str("has an empty component"),
            Self::Backslash => f.write_str("has a backslash"),
            Self::ControlCharacter => f.write_str("has a control character"),
            Self::NotUtf8 => f.write_str("is not UTF-8"),
            Self::ComponentTooLong(limit) => {
                write!(f, "has a component of more than {limit} bytes")
            }
            Self::PathTooLong(limit) => write!(f, "has more than {limit} bytes"),
            Self::TooDeep(limit) => write!(f, "has more than {limit} components"),
        }
    }
}

impl fmt::Display for SpecialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Symlink => "a symbolic link",
            Self::HardLink => "a hard link",
            Self::Device => "a device",
            Self::Fifo => "a named pipe",
            Self::Socket => "a socket",
            Self::Sparse => "a sparse file",
            Self::Unknown => "of a type that no archive should hold",
        })
    }
}

impl Refusal {
    /// A stable identifier, for [`Fault::code`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::Unreadable { .. } => "unreadable",
            Self::NotAnArchive { .. } => "not_an_archive",
            Self::Corrupt { .. } => "corrupt_archive",
            Self::Encrypted { .. } => "encrypted_entry",
            Self::UnsupportedCompression { .. } => "unsupported_compression",
            Self::Name { rule, .. } => rule.code(),
            Self::Special { kind, .. } => kind.code(),
            Self::Duplicate { .. } => "duplicate_name",
            Self::CaseCollision { .. } => "case_collision",
            Self::FileAsFolder { .. } => "file_used_as_folder",
            Self::TooManyEntries { .. } => "too_many_entries",
            Self::TooManyScanned { .. } => "too_many_scanned_entries",
            Self::FileTooLarge { .. } => "file_too_large",
            Self::TotalTooLarge { .. } => "total_too_large",
            Self::ArchiveTooLarge { .. } => "archive_too_large",
            Self::ScannedTooLarge { .. } => "unpacks_too_large",
            Self::Ratio { .. } => "compression_ratio",
            Self::Empty => "empty_submission",
        }
    }

    /// What to do about it, one sentence for the person who made the archive.
    pub fn remedy(&self) -> String {
        match self {
            Self::NotFound { .. } => "check the path",
            Self::Unreadable { .. } => "make it readable for this user, then try again",
            Self::NotAnArchive { .. } => {
                "send a .zip, .tar or .tar.gz archive of the solution's folder"
            }
            Self::Corrupt { .. } => "make the archive again and upload it completely",
            Self::Encrypted { .. } => "make the archive without a password",
            Self::UnsupportedCompression { .. } => {
                "make the zip with the usual compression (deflate), or send a .tar.gz"
            }
            Self::Name { rule, .. } => rule.remedy(),
            Self::Special { kind: SpecialKind::Symlink | SpecialKind::HardLink, .. } => {
                "replace the link by a copy of the file"
            }
            Self::Special { .. } => "leave it out of the submission",
            Self::Duplicate { .. } => "make the archive anew from the solution's folder",
            Self::CaseCollision { .. } | Self::FileAsFolder { .. } => "rename one of the two",
            Self::TooManyEntries { .. } | Self::TooManyScanned { .. } => {
                "send the sources only, without environments, caches and generated files"
            }
            Self::FileTooLarge { .. }
            | Self::TotalTooLarge { .. }
            | Self::ArchiveTooLarge { .. }
            | Self::ScannedTooLarge { .. }
            | Self::Ratio { .. } => {
                "send the sources only; generate large data in the program or leave it out"
            }
            Self::Empty => "send the folder that holds the solution",
        }
        .to_owned()
    }

    /// Whose fault it is: [`Verdict::InfraFault`] when the source could not be read at all,
    /// otherwise [`Verdict::CandidateFault`].
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::NotFound { .. } | Self::Unreadable { .. } => Verdict::InfraFault,
            _ => Verdict::CandidateFault,
        }
    }

    /// The refusal as a report carries it.
    pub fn to_fault(&self) -> Fault {
        Fault { code: self.code().to_owned(), message: self.to_string(), remedy: self.remedy() }
    }
}

impl NameRule {
    fn code(self) -> &'static str {
        match self {
            Self::Absolute => "absolute_name",
            Self::DriveLetter => "drive_letter",
            Self::ParentComponent => "parent_component",
            Self::EmptyComponent => "empty_component",
            Self::Backslash => "backslash_in_name",
            Self::ControlCharacter => "control_character_in_name",
            Self::NotUtf8 => "name_not_utf8",
            Self::ComponentTooLong(_) | Self::PathTooLong(_) => "name_too_long",
            Self::TooDeep(_) => "nested_too_deep",
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Absolute | Self::DriveLetter | Self::ParentComponent | Self::EmptyComponent => {
                "make the archive from inside the solution's folder, with relative names"
            }
            Self::Backslash => "make the archive with a current zip tool, which separates with `/`",
            Self::ControlCharacter | Self::NotUtf8 => "rename it with letters, digits, `-` and `_`",
            Self::ComponentTooLong(_) | Self::PathTooLong(_) => "shorten its name",
            Self::TooDeep(_) => "use fewer nested folders",
        }
    }
}

impl SpecialKind {
    fn code(self) -> &'static str {
        match self {
            Self::Symlink => "symlink",
            Self::HardLink => "hard_link",
            Self::Device => "device",
            Self::Fifo => "fifo",
            Self::Socket => "socket",
            Self::Sparse => "sparse_file",
            Self::Unknown => "unknown_entry_type",
        }
    }
}

fn at(entry: &Option<String>) -> String {
    entry.as_ref().map(|entry| format!(" at entry {entry}")).unwrap_or_default()
}
