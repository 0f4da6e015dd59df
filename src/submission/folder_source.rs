//! Reading a folder or a git checkout.

use std::{
    fs::{self, File, FileType, OpenOptions},
    io,
    os::unix::{
        ffi::OsStrExt,
        fs::{FileTypeExt, OpenOptionsExt},
    },
    path::{Path, PathBuf},
};

use nix::fcntl::OFlag;

use super::{
    Refusal, SpecialKind,
    intake::{Admission, EntryKind, Intake},
    name::shown,
};

/// Takes in every file below `root`, in the order of names.
///
/// Links are never followed, a folder that is left out is never opened, and whatever turns out
/// not to be a regular file once it is open is refused. A folder is the caller's own and holds
/// still; uploads are archives.
pub(super) fn take(root: &Path, intake: &mut Intake<'_>) -> Result<(), Refusal> {
    let mut open = vec![PathBuf::new()];
    while let Some(folder) = open.pop() {
        let path = root.join(&folder);
        let mut entries = fs::read_dir(&path)
            .and_then(Iterator::collect::<io::Result<Vec<_>>>)
            .map_err(|cause| unreadable(&folder, cause))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let relative = folder.join(entry.file_name());
            let file_type = entry.file_type().map_err(|cause| unreadable(&relative, cause))?;
            match intake.admit(relative.as_os_str().as_bytes(), kind(file_type))? {
                Admission::Skip => {}
                Admission::Enter => open.push(relative),
                Admission::Read(path) => {
                    let file = open_file(&entry.path(), &relative)?;
                    intake.store(path, file, None, |cause| unreadable(&relative, cause))?;
                }
            }
        }
    }
    Ok(())
}

fn kind(file_type: FileType) -> EntryKind {
    if file_type.is_file() {
        EntryKind::File
    } else if file_type.is_dir() {
        EntryKind::Folder
    } else {
        EntryKind::Special(special(file_type))
    }
}

fn special(file_type: FileType) -> SpecialKind {
    if file_type.is_symlink() {
        SpecialKind::Symlink
    } else if file_type.is_fifo() {
        SpecialKind::Fifo
    } else if file_type.is_socket() {
        SpecialKind::Socket
    } else if file_type.is_block_device() || file_type.is_char_device() {
        SpecialKind::Device
    } else {
        SpecialKind::Unknown
    }
}

/// Opens without following a link that took the file's place, and without waiting for the writer
/// of a pipe that did.
fn open_file(path: &Path, relative: &Path) -> Result<File, Refusal> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits())
        .open(path)
        .map_err(|cause| unreadable(relative, cause))?;
    let file_type = file.metadata().map_err(|cause| unreadable(relative, cause))?.file_type();
    if !file_type.is_file() {
        return Err(Refusal::Special {
            entry: shown(relative.as_os_str().as_bytes()),
            kind: special(file_type),
        });
    }
    Ok(file)
}

fn unreadable(relative: &Path, cause: io::Error) -> Refusal {
    let what = match relative.as_os_str().as_bytes() {
        b"" => "the folder".to_owned(),
        name => shown(name),
    };
    Refusal::Unreadable { what, cause }
}
