//! The option `files`: which files the queries of a session, a scheduler or an executor may touch.

use crate::error::{Code, Error, Result};
use napi_derive::napi;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use url::Url;
use uuid::Uuid;

/// The folder in which writes keep their files until they are complete, each write in a folder with a random name.
/// Readers of a folder skip subfolders, and names that begin with an underscore.
pub const STAGING: &str = "_temporary";

/// URLs of folders or files. Absent: no limit.
#[napi(object)]
#[derive(Clone)]
pub struct NativeFileLimits {
    pub read: Option<Vec<String>>,
    /// Absent, but `read` is given: nothing.
    pub write: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Access {
    Read,
    Write,
}

impl Access {
    fn option(self) -> &'static str {
        match self {
            Self::Read => "files.read",
            Self::Write => "files.write",
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Read => "reading",
            Self::Write => "writing",
        }
    }
}

#[derive(Debug)]
pub struct FileLimits {
    /// Whose option it is, for errors.
    owner: &'static str,
    /// `None`: no limit.
    read: Option<Roots>,
    write: Roots,
}

#[derive(Debug, Default)]
struct Roots {
    /// Without links.
    local: Vec<PathBuf>,
    remote: Vec<Place>,
}

/// A place in a store that is not the file system.
#[derive(Clone, Debug)]
pub struct Place {
    /// Scheme, host and port.
    origin: String,
    /// The parts of the path, decoded.
    parts: Vec<String>,
}

impl Place {
    pub fn of(url: &Url) -> object_store::Result<Self> {
        let host = url.host_str().unwrap_or_default();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let root = Self {
            origin: format!("{}://{host}{port}", url.scheme()),
            parts: vec![],
        };
        Ok(root.child(&object_store::path::Path::from_url_path(url.path())?))
    }

    pub fn child(&self, path: &object_store::path::Path) -> Self {
        let mut child = self.clone();
        child
            .parts
            .extend(path.parts().map(|part| part.as_ref().to_owned()));
        child
    }

    /// Where it belongs, if it is in a temporary folder.
    fn staged(&self) -> Option<Self> {
        let at = position(&self.parts, |part| OsStr::new(part.as_str()))?;
        let parts = self.parts[..at].iter().chain(&self.parts[at + 2..]);
        Some(Self {
            origin: self.origin.clone(),
            parts: parts.cloned().collect(),
        })
    }

    fn is_in(&self, root: &Self) -> bool {
        self.origin == root.origin && self.parts.starts_with(&root.parts)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.origin, self.parts.join("/"))
    }
}

impl FileLimits {
    /// `None` if there are no limits. `owner` is who has the option, for example "this executor".
    pub fn new(owner: &'static str, given: Option<&NativeFileLimits>) -> Result<Option<Arc<Self>>> {
        let Some(NativeFileLimits { read, write }) = given else {
            return Ok(None);
        };
        if read.is_none() && write.is_none() {
            return Ok(None);
        }
        let read = read.as_ref().map(|urls| Roots::new(urls, Access::Read));
        let write = write.as_ref().map(|urls| Roots::new(urls, Access::Write));
        Ok(Some(Arc::new(Self {
            owner,
            read: read.transpose()?,
            write: write.transpose()?.unwrap_or_default(),
        })))
    }

    /// Checks a path of the file system, with its links followed.
    pub fn check_file(&self, path: &Path, access: Access) -> Result<()> {
        // Temporary files count as files to write.
        if self.roots(access).is_none() && staged(path).is_none() {
            return Ok(());
        }
        self.check_resolved(path, &real(path, access)?, access)
    }

    /// Like `check_file`, for a folder whose files are listed.
    pub fn check_folder(&self, path: &Path) -> Result<()> {
        let real = resolved(path)?;
        // The folder of a write may be beside the only file that may be written.
        let target = staged(&real);
        let beside = |target: &PathBuf| self.write.local.iter().any(|root| root.starts_with(target));
        match target.as_ref().is_some_and(beside) {
            true => Ok(()),
            false => self.check_resolved(path, &real, Access::Read),
        }
    }

    /// Checks a file that is open, because a link may have been replaced since its path was checked.
    pub fn check_open(&self, file: &File, path: &Path) -> Result<()> {
        if self.roots(Access::Read).is_none() {
            return Ok(());
        }
        let real = path.canonicalize()?;
        self.check_resolved(path, &real, Access::Read)?;
        match is_same(file, &real)? {
            true => Ok(()),
            false => Err(Error::new(
                Code::Io,
                format!("The file {} was replaced while it was opened.", path.display()),
            )),
        }
    }

    /// `real` is `path` without links.
    fn check_resolved(&self, path: &Path, real: &Path, access: Access) -> Result<()> {
        let staged = staged(real);
        let (real, access) = match &staged {
            Some(target) => (target.as_path(), Access::Write),
            None => (real, access),
        };
        let Some(roots) = self.roots(access) else {
            return Ok(());
        };
        match roots.local.iter().any(|root| real.starts_with(root)) {
            true => Ok(()),
            false => Err(self.refused(&staged.as_deref().unwrap_or(path).display(), access)),
        }
    }

    /// Like `check_place`, for a folder whose files are listed.
    pub fn check_place_folder(&self, place: &Place) -> Result<()> {
        let target = place.staged();
        let beside = |target: &Place| self.write.remote.iter().any(|root| root.is_in(target));
        match target.as_ref().is_some_and(beside) {
            true => Ok(()),
            false => self.check_place(place, Access::Read),
        }
    }

    /// Checks a place in a store that is not the file system.
    pub fn check_place(&self, place: &Place, access: Access) -> Result<()> {
        let staged = place.staged();
        let (real, access) = match &staged {
            Some(target) => (target, Access::Write),
            None => (place, access),
        };
        let Some(roots) = self.roots(access) else {
            return Ok(());
        };
        match roots.remote.iter().any(|root| real.is_in(root)) {
            true => Ok(()),
            false => Err(self.refused(staged.as_ref().unwrap_or(place), access)),
        }
    }

    fn roots(&self, access: Access) -> Option<&Roots> {
        match access {
            Access::Read => self.read.as_ref(),
            Access::Write => Some(&self.write),
        }
    }

    fn refused(&self, place: &dyn std::fmt::Display, access: Access) -> Error {
        let (owner, option, verb) = (self.owner, access.option(), access.verb());
        Error::new(
            Code::Forbidden,
            format!(
                "The option {option} of {owner} does not allow {verb} {place}. Links are followed before the check. Use a \
                 file of a folder that the option contains, or add the folder to the option."
            ),
        )
    }
}

impl Roots {
    fn new(urls: &[String], access: Access) -> Result<Self> {
        let mut roots = Self::default();
        for text in urls {
            let invalid = || {
                let option = access.option();
                Error::new(
                    Code::InvalidArgument,
                    format!("{option}: \"{text}\" is neither a local path nor a URL of an object store."),
                )
            };
            let url = Url::parse(text).map_err(|_| invalid())?;
            if url.scheme() != "file" {
                roots.remote.push(Place::of(&url).map_err(|_| invalid())?);
                continue;
            }
            let path = url.to_file_path().map_err(|()| invalid())?;
            // Writes replace a link instead of following it, but a folder may be behind one.
            let access = match path.is_dir() {
                true => Access::Read,
                false => access,
            };
            roots.local.push(real(&path, access)?);
        }
        Ok(roots)
    }
}

#[cfg(unix)]
fn is_same(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (opened, found) = (file.metadata()?, path.metadata()?);
    Ok((opened.dev(), opened.ino()) == (found.dev(), found.ino()))
}

/// Other systems do not tell which file is open.
#[cfg(not(unix))]
fn is_same(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

/// The path without links. Writes do not follow a link that has the name of the file.
fn real(path: &Path, access: Access) -> io::Result<PathBuf> {
    match (access, path.parent(), path.file_name()) {
        (Access::Write, Some(parent), Some(name)) => Ok(resolved(parent)?.join(name)),
        _ => resolved(path),
    }
}

/// The path without links. Parts that do not exist stay as they are.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    let error = match path.canonicalize() {
        Ok(real) => return Ok(real),
        Err(error) => error,
    };
    // A link to nothing might lead anywhere later.
    let is_missing = error.kind() == io::ErrorKind::NotFound && path.symlink_metadata().is_err();
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if is_missing => Ok(resolved(parent)?.join(name)),
        _ => Err(error),
    }
}

/// Where the files of a temporary folder belong. `None` if the path is not in one.
fn staged(path: &Path) -> Option<PathBuf> {
    let parts: Vec<Component> = path.components().collect();
    let at = position(&parts, |part| part.as_os_str())?;
    Some(parts[..at].iter().chain(&parts[at + 2..]).collect())
}

fn position<'a, T>(parts: &'a [T], text: impl Fn(&'a T) -> &'a OsStr) -> Option<usize> {
    let is_id = |part: &OsStr| part.to_str().is_some_and(|part| Uuid::try_parse(part).is_ok());
    parts
        .windows(2)
        .position(|pair| text(&pair[0]) == STAGING && is_id(text(&pair[1])))
}
