//! A file system in RAM.

use super::traits::FileSystem;
use crate::bytes::{Block, Blocks, ByteString};
use crate::table::{Full, Table};

const HELLO: (&str, &[u8]) = ("/hello.txt", b"Hi from FS!\n");

/// A file: its name and its content.
#[derive(Clone, Copy, Debug, Default)]
pub struct File {
    name: ByteString,
    content: ByteString,
}

/// Files in blocks, in the order of their names.
#[derive(Debug)]
pub struct RamFiles<'m> {
    files: Table<'m, File>,
    blocks: Blocks<'m>,
    /// Bytes of content that there may be.
    limit: u32,
}

impl<'m> RamFiles<'m> {
    /// A file system as at the start, with room for `limit` bytes of content and no more than the slices have.
    ///
    /// ```
    /// use executive::{bytes::Block, hal::{File, FileSystem, RamFiles}};
    /// let (mut files, mut blocks) = ([File::default(); 4], [Block::default(); 8]);
    /// let mut files = RamFiles::new(&mut files, &mut blocks, 100);
    /// files.create("a")?;
    /// files.write("a", 2, b"xyz")?;
    /// assert_eq!(files.length("a"), Some(5));
    /// let mut bytes = [9; 9];
    /// assert_eq!((files.read("a", 1, &mut bytes), &bytes[..5]), (4, b"\0xyz\x09".as_slice()));
    /// assert!(!files.rename("a", "/hello.txt")? && files.rename("a", "b")? && files.delete("b"));
    /// # Ok::<(), executive::table::Full>(())
    /// ```
    pub fn new(files: &'m mut [File], blocks: &'m mut [Block], limit: u32) -> Self {
        let mut files = RamFiles { files: Table::new(files), blocks: Blocks::new(blocks), limit };
        files.reset();
        files
    }

    /// Bytes of content of all files.
    pub fn held(&self) -> u32 {
        self.files.iter().map(|file| file.content.len()).sum()
    }

    /// The name and the content of each file, in pieces, in the order of the names.
    pub fn each(&self) -> impl Iterator<Item = (impl Iterator<Item = &[u8]>, impl Iterator<Item = &[u8]>)> {
        let whole = |string| self.blocks.pieces(string, 0, u32::MAX);
        self.files.iter().map(move |file| (whole(&file.name), whole(&file.content)))
    }

    fn compare(&self, file: &File, name: &str) -> core::cmp::Ordering {
        self.blocks.pieces(&file.name, 0, u32::MAX).flatten().copied().cmp(name.bytes())
    }

    fn search(&self, name: &str) -> Result<usize, usize> {
        self.files.binary_search_by(|file| self.compare(file, name))
    }

    fn remove(&mut self, at: usize) {
        let mut file = self.files.remove(at);
        self.blocks.discard(&mut file.name);
        self.blocks.discard(&mut file.content);
    }
}

impl FileSystem for RamFiles<'_> {
    fn reset(&mut self) {
        while !self.files.is_empty() {
            self.remove(0);
        }
        let (name, text) = HELLO;
        // A board without room for the example has none.
        let _without = self.create(name).and_then(|()| self.write(name, 0, text));
    }

    fn length(&self, name: &str) -> Option<u32> {
        let at = self.search(name).ok()?;
        Some(self.files[at].content.len())
    }

    fn create(&mut self, name: &str) -> Result<(), Full> {
        let Err(at) = self.search(name) else { return Ok(()) };
        let mut name = self.blocks.store(name.as_bytes())?;
        let made = self.files.insert(at, File { name, content: ByteString::default() });
        made.inspect_err(|_| self.blocks.discard(&mut name))
    }

    fn delete(&mut self, name: &str) -> bool {
        let Ok(at) = self.search(name) else { return false };
        self.remove(at);
        true
    }

    fn rename(&mut self, old: &str, new: &str) -> Result<bool, Full> {
        let (Ok(from), Err(_)) = (self.search(old), self.search(new)) else { return Ok(false) };
        let name = self.blocks.store(new.as_bytes())?;
        let mut file = self.files.remove(from);
        self.blocks.discard(&mut file.name);
        let to = self.search(new).unwrap_or_else(|to| to);
        self.files.insert(to, File { name, ..file })?;
        Ok(true)
    }

    fn read(&self, name: &str, position: u32, bytes: &mut [u8]) -> usize {
        let Ok(at) = self.search(name) else { return 0 };
        let wanted = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let mut length = 0;
        for piece in self.blocks.pieces(&self.files[at].content, position, wanted) {
            bytes[length..length + piece.len()].copy_from_slice(piece);
            length += piece.len();
        }
        length
    }

    fn write(&mut self, name: &str, position: u32, bytes: &[u8]) -> Result<(), Full> {
        let at = self.search(name).map_err(|_| Full)?;
        let end = u64::from(position) + bytes.len() as u64;
        let grows = end.saturating_sub(self.files[at].content.len().into());
        if u64::from(self.held()) + grows > self.limit.into() {
            return Err(Full);
        }
        self.blocks.overwrite(&mut self.files[at].content, position, bytes)
    }

    fn list(&self, tell: &mut dyn FnMut(&[u8])) {
        for (position, file) in self.files.iter().enumerate() {
            if position > 0 {
                tell(b"\n");
            }
            self.blocks.pieces(&file.name, 0, u32::MAX).for_each(&mut *tell);
        }
    }
}
