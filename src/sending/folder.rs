use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use async_trait::async_trait;

use super::{Carrier, CarryError, Parcel};
use crate::hiring::Channel;

/// Later messages to one candidate get folders of the same name with a number.
const MOST_FOLDERS: u32 = 1000;

/// Writes each message to a folder, for somebody to send it by hand: `message.eml`, `link.txt` where there
/// is a link, and the package. Only its owner can read it, and it appears whole or not at all.
#[derive(Debug, Clone)]
pub struct FolderCarrier {
    root: PathBuf,
    exact: bool,
}

impl FolderCarrier {
    /// Folders named after challenge and candidate, below `root`.
    pub fn below(root: PathBuf) -> Self {
        Self { root, exact: false }
    }

    /// This very folder, for one message.
    pub fn exactly(folder: PathBuf) -> Self {
        Self { root: folder, exact: true }
    }

    fn write(&self, parcel: Parcel) -> Result<PathBuf, CarryError> {
        let parent = match self.exact {
            true => self.root.parent().filter(|parent| !parent.as_os_str().is_empty()),
            false => Some(self.root.as_path()),
        };
        let parent = parent.unwrap_or(Path::new("."));
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |cause: io::Error| CarryError::Io { path, cause }
        };
        fs::create_dir_all(parent).map_err(failed(parent))?;
        // For its owner only: there is a link in it.
        let staged = tempfile::Builder::new()
            .prefix(".takehome-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(parent)
            .map_err(failed(parent))?;
        let put = |name: &str, bytes: &[u8]| {
            let path = staged.path().join(name);
            let written =
                OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).and_then(
                    |mut file| {
                        file.write_all(bytes)?;
                        file.sync_all()
                    },
                );
            written.map_err(failed(&path))
        };
        if let Some(link) = &parcel.link {
            put("link.txt", format!("{link}\n").as_bytes())?;
        }
        if let Some(package) = &parcel.package {
            put(&package.name, &package.bytes)?;
        }
        let folder = parcel.folder.clone();
        let mut letter = parcel.into_letter();
        letter.unsent = true;
        put("message.eml", &letter.compose()?.bytes())?;
        let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all());
        sync(staged.path()).map_err(failed(staged.path()))?;
        let target = self.publish(staged.path(), parent, &folder)?;
        // It has another name by now; there is nothing to remove.
        let _ = staged.keep();
        sync(parent).map_err(failed(parent))?;
        Ok(target)
    }

    /// Gives the folder its name, which nothing else has.
    fn publish(&self, staged: &Path, parent: &Path, name: &str) -> Result<PathBuf, CarryError> {
        let names = (1..=MOST_FOLDERS).map(|number| match number {
            1 => name.to_owned(),
            more => format!("{name}-{more}"),
        });
        let targets: Box<dyn Iterator<Item = PathBuf>> = match self.exact {
            true => Box::new(std::iter::once(self.root.clone())),
            false => Box::new(names.map(|name| parent.join(name))),
        };
        for target in targets {
            match fs::rename(staged, &target) {
                Ok(()) => return Ok(target),
                // A folder with something in it, or a file.
                Err(cause)
                    if matches!(
                        cause.kind(),
                        io::ErrorKind::DirectoryNotEmpty
                            | io::ErrorKind::AlreadyExists
                            | io::ErrorKind::NotADirectory
                    ) => {}
                Err(cause) => return Err(CarryError::Io { path: target, cause }),
            }
        }
        Err(CarryError::Exists(if self.exact { self.root.clone() } else { parent.join(name) }))
    }
}

#[async_trait]
impl Carrier for FolderCarrier {
    fn channel(&self) -> Channel {
        Channel::Folder
    }

    async fn carry(&self, parcel: Parcel) -> Result<Option<String>, CarryError> {
        let (carrier, root) = (self.clone(), self.root.clone());
        let written = tokio::task::spawn_blocking(move || carrier.write(parcel)).await;
        let path = written.unwrap_or_else(|error| {
            Err(CarryError::Io { path: root, cause: io::Error::other(error) })
        })?;
        Ok(Some(path.display().to_string()))
    }
}
