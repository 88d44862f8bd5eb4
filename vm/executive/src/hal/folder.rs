//! Files in a folder of the host.

use std::format;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::string::String;
use std::vec::Vec;

use super::traits::FileSystem;
use crate::table::Full;

/// Characters of names that a host takes for more than that.
const SPECIAL: &str = "/\\%:*?\"<>|";

/// Files of a folder, and nothing outside it: no subfolders, no links, no hidden files.
///
/// A file has the name by which tasks know it, but for characters that a host takes for more than that and a dot in front:
/// they are written as in addresses of the web, a slash as `%2F`. Nothing is ever put back to the start: the files
/// are the host's.
#[derive(Clone, Debug)]
pub struct FolderFiles {
    folder: PathBuf,
    limit: u64,
}

impl FolderFiles {
    /// The files of a folder, into which tasks may write until all together have `limit` bytes.
    ///
    /// ```
    /// use executive::hal::{FileSystem, FolderFiles};
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// let mut files = FolderFiles::new(folder, 100)?;
    /// files.create("/a").unwrap();
    /// files.write("/a", 2, b"xyz").unwrap();
    /// assert_eq!(std::fs::read(folder.join("%2Fa"))?, b"\0\0xyz");
    /// assert!(files.write("/a", 99, b"xyz").is_err(), "there is no room for it");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// There is no such folder, or it cannot be entered.
    pub fn new(folder: &Path, limit: u64) -> io::Result<Self> {
        let folder = folder.canonicalize()?;
        if folder.is_dir() {
            Ok(FolderFiles { folder, limit })
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(file_name(name))
    }

    /// What the host knows of a file; nothing if there is none, or something else of its name.
    fn about(&self, name: &str) -> Option<Metadata> {
        fs::symlink_metadata(self.path(name)).ok().filter(Metadata::is_file)
    }

    /// The names of all files, in the order of their code points.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let plain = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        let mut names: Vec<String> = plain.filter_map(|entry| name_of(entry.file_name().to_str()?)).collect();
        names.sort_unstable();
        names
    }

    /// Bytes of all files.
    fn held(&self) -> u64 {
        self.names().iter().filter_map(|name| self.about(name)).map(|about| about.len()).sum()
    }

    fn read_at(&self, name: &str, position: u32, bytes: &mut [u8]) -> io::Result<usize> {
        let mut file = File::open(self.path(name))?;
        file.seek(SeekFrom::Start(position.into()))?;
        let mut length = 0;
        while length < bytes.len() {
            match file.read(&mut bytes[length..])? {
                0 => break,
                count => length += count,
            }
        }
        Ok(length)
    }

    fn write_at(&self, name: &str, position: u32, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(self.path(name))?;
        let length = file.metadata()?.len();
        let end = u64::from(position) + bytes.len() as u64;
        if end > length && self.held() + (end - length) > self.limit {
            return Err(io::ErrorKind::StorageFull.into());
        }
        file.set_len(length.max(position.into()))?;
        file.seek(SeekFrom::Start(position.into()))?;
        file.write_all(bytes)
    }
}

impl FileSystem for FolderFiles {
    fn reset(&mut self) {}

    fn length(&self, name: &str) -> Option<u32> {
        Some(u32::try_from(self.about(name)?.len()).unwrap_or(u32::MAX))
    }

    fn create(&mut self, name: &str) -> Result<(), Full> {
        if self.about(name).is_some() {
            return Ok(());
        }
        let made = OpenOptions::new().write(true).create_new(true).open(self.path(name));
        made.map(drop).map_err(|_| Full)
    }

    fn delete(&mut self, name: &str) -> bool {
        self.about(name).is_some() && fs::remove_file(self.path(name)).is_ok()
    }

    fn rename(&mut self, old: &str, new: &str) -> Result<bool, Full> {
        if self.about(old).is_none() || fs::symlink_metadata(self.path(new)).is_ok() {
            return Ok(false);
        }
        fs::rename(self.path(old), self.path(new)).map(|()| true).map_err(|_| Full)
    }

    fn read(&self, name: &str, position: u32, bytes: &mut [u8]) -> usize {
        if self.about(name).is_none() {
            return 0;
        }
        self.read_at(name, position, bytes).unwrap_or(0)
    }

    fn write(&mut self, name: &str, position: u32, bytes: &[u8]) -> Result<(), Full> {
        self.about(name).ok_or(Full)?;
        self.write_at(name, position, bytes).map_err(|_| Full)
    }

    fn list(&self, tell: &mut dyn FnMut(&[u8])) {
        for (position, name) in self.names().iter().enumerate() {
            if position > 0 {
                tell(b"\n");
            }
            tell(name.as_bytes());
        }
    }
}

/// The name on the host.
fn file_name(name: &str) -> String {
    let mut file = String::new();
    for (at, c) in name.char_indices() {
        if c.is_control() || SPECIAL.contains(c) || at == 0 && c == '.' {
            let bytes = &name.as_bytes()[at..at + c.len_utf8()];
            bytes.iter().for_each(|byte| file.push_str(&format!("%{byte:02X}")));
        } else {
            file.push(c);
        }
    }
    file
}

/// The name of a file on the host, if tasks know it.
fn name_of(file: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = file;
    while let Some((plain, written)) = rest.split_once('%') {
        bytes.extend_from_slice(plain.as_bytes());
        bytes.push(u8::from_str_radix(written.get(..2)?, 16).ok()?);
        rest = &written[2..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok().filter(|name| file_name(name) == file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Block;
    use crate::hal::{File as RamFile, RamFiles};
    use proptest::prelude::*;

    const NAMES: [&str; 9] = ["a", "/a", "../a", ".", "..", "%2Fa", "a b\n", "ä\u{1F600}", "c:\\x"];

    fn listed(files: &impl FileSystem) -> Vec<u8> {
        let mut text = Vec::new();
        files.list(&mut |piece| text.extend_from_slice(piece));
        text
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_folder_is_like_ram(
            script in prop::collection::vec((0u8..6, 0usize..9, 0usize..9, 0u32..40, 0usize..20), 0..40),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let inner = folder.path().join("inner");
            fs::create_dir(&inner).unwrap();
            let (mut room, mut blocks) = ([RamFile::default(); 16], [Block::default(); 64]);
            let mut ram = RamFiles::new(&mut room, &mut blocks, 100);
            ram.delete("/hello.txt");
            let mut folder_files = FolderFiles::new(&inner, 100).unwrap();
            for (action, first, second, position, length) in script {
                let (one, two, bytes) = (NAMES[first], NAMES[second], [7; 20]);
                let bytes = &bytes[..length];
                let (mut left, mut right) = ([0; 20], [0; 20]);
                match action {
                    0 | 1 => prop_assert_eq!(folder_files.create(one), ram.create(one)),
                    2 => prop_assert_eq!(folder_files.delete(one), ram.delete(one)),
                    3 => prop_assert_eq!(folder_files.rename(one, two), ram.rename(one, two)),
                    _ => prop_assert_eq!(folder_files.write(one, position, bytes), ram.write(one, position, bytes)),
                }
                for name in NAMES {
                    prop_assert_eq!(folder_files.length(name), ram.length(name));
                    let counts = (folder_files.read(name, position, &mut left), ram.read(name, position, &mut right));
                    prop_assert_eq!(counts.0, counts.1);
                    prop_assert_eq!(left, right);
                }
                prop_assert_eq!(listed(&folder_files), listed(&ram));
            }
            prop_assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is outside the folder");
        }
    }

    #[test]
    fn what_is_no_plain_file_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        for name in [".hidden", "%2fa", "%zz", "%", "ok"] {
            fs::write(folder.path().join(name), "text").unwrap();
        }
        let mut files = FolderFiles::new(folder.path(), 100).unwrap();
        assert_eq!(listed(&files), b"ok");
        assert_eq!((files.length("sub"), files.create("sub"), files.delete("sub")), (None, Err(Full), false));
        assert_eq!(files.rename("ok", "sub"), Ok(false));
        assert_eq!(files.create(&"n".repeat(300)), Err(Full));
        files.reset();
        assert_eq!(files.length("ok"), Some(4));
        assert!(FolderFiles::new(&folder.path().join("ok"), 1).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, secret) = (folder.path().join("inner"), folder.path().join("secret"));
        fs::create_dir(&inner).unwrap();
        fs::write(&secret, "text").unwrap();
        std::os::unix::fs::symlink(&secret, inner.join("link")).unwrap();
        let mut files = FolderFiles::new(&inner, 100).unwrap();
        assert_eq!(
            (files.length("link"), files.write("link", 0, b"x"), files.create("link")),
            (None, Err(Full), Err(Full))
        );
        assert_eq!((files.read("link", 0, &mut [0; 4]), listed(&files)), (0, Vec::new()));
        assert_eq!(fs::read(&secret).unwrap(), b"text");
    }
}
