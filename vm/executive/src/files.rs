//! Open files: which task has which file open, and where it reads and writes.

use crate::bytes::{Block, Blocks, ByteString};
use crate::error::Shortage;
use crate::event::Emit;
use crate::hal::FileSystem;
use crate::table::{Full, Table};

/// Numbers below are standard streams.
pub const FIRST_FD: u32 = 3;

/// An open file.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenFile {
    /// Whose it is; 0 if all tasks share one table (reference).
    pub pid: u16,
    /// From 3 on; never used again.
    pub fd: u32,
    /// Where the next byte is read or written.
    pub position: u32,
    name: ByteString,
}

/// Where open files are kept.
#[derive(Debug)]
pub struct FileRooms<'m> {
    /// For open files.
    pub open: &'m mut [OpenFile],
    /// For their names.
    pub blocks: &'m mut [Block],
    /// For two names while they are looked at.
    pub names: &'m mut [u8],
}

/// The file system and the files that are open in it.
#[derive(Debug)]
pub(crate) struct FileTable<'m, F> {
    system: F,
    /// Whether each task has open files of its own.
    by_task: bool,
    /// Ascending by PID and number.
    open: Table<'m, OpenFile>,
    blocks: Blocks<'m>,
    names: &'m mut [u8],
    /// The next number, if all tasks share one table.
    pub next_fd: u32,
}

/// What became of an access to an open file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// There is no such open file.
    NotOpen,
    /// It is open, but its file is gone.
    Stale,
    /// From this position on.
    At(u32),
}

impl<'m, F: FileSystem> FileTable<'m, F> {
    pub fn new(system: F, by_task: bool, rooms: FileRooms<'m>) -> Self {
        let FileRooms { open, blocks, names } = rooms;
        let (open, blocks) = (Table::new(open), Blocks::new(blocks));
        FileTable { system, by_task, open, blocks, names, next_fd: FIRST_FD }
    }

    pub fn system(&self) -> &F {
        &self.system
    }

    /// Two buffers for names, and the file system that they are for.
    pub fn with_names(&mut self) -> (&mut [u8], &mut [u8], &mut F) {
        let (first, second) = self.names.split_at_mut(self.names.len() / 2);
        (first, second, &mut self.system)
    }

    /// Makes everything as at the start.
    pub fn reset(&mut self) {
        self.system.reset();
        while !self.open.is_empty() {
            self.remove(0);
        }
        self.next_fd = FIRST_FD;
    }

    fn remove(&mut self, at: usize) {
        let mut file = self.open.remove(at);
        self.blocks.discard(&mut file.name);
    }

    fn owner(&self, pid: u16) -> u16 {
        if self.by_task { pid } else { 0 }
    }

    fn position(&self, pid: u16, fd: u32) -> Option<usize> {
        let key = (self.owner(pid), fd);
        self.open.binary_search_by_key(&key, |file| (file.pid, file.fd)).ok()
    }

    /// Opens the file whose name is in the first buffer, and makes it if there is none.
    pub fn open(&mut self, pid: u16, fd: u32, length: usize) -> Result<(), Full> {
        let name = &self.names[..length];
        let text = core::str::from_utf8(name).map_err(|_| Full)?;
        let pid = if self.by_task { pid } else { 0 };
        if self.open.len() == self.open.capacity() {
            return Err(Full);
        }
        let mut kept = self.blocks.store(name)?;
        if let Err(Full) = self.system.create(text) {
            self.blocks.discard(&mut kept);
            return Err(Full);
        }
        let at = self.open.partition_point(|file| (file.pid, file.fd) < (pid, fd));
        self.open.insert(at, OpenFile { pid, fd, position: 0, name: kept })
    }

    /// Closes an open file; `false` if there is none.
    pub fn close(&mut self, pid: u16, fd: u32) -> bool {
        let at = self.position(pid, fd);
        at.inspect(|&at| self.remove(at)).is_some()
    }

    /// Closes all files of a task, if it has files of its own.
    pub fn close_all(&mut self, pid: u16) {
        while let Some(at) = self.open.iter().position(|file| self.by_task && file.pid == pid) {
            self.remove(at);
        }
    }

    /// The name of an open file, in the first buffer.
    fn name_of(names: &'_ mut [u8], blocks: &Blocks<'_>, file: &OpenFile) -> usize {
        let mut length = 0;
        for piece in blocks.pieces(&file.name, 0, u32::MAX) {
            let end = (length + piece.len()).min(names.len());
            names[length..end].copy_from_slice(&piece[..end - length]);
            length = end;
        }
        length
    }

    /// Where an open file is read or written next.
    pub fn access(&mut self, pid: u16, fd: u32) -> Access {
        let Some(at) = self.position(pid, fd) else { return Access::NotOpen };
        let length = Self::name_of(self.names, &self.blocks, &self.open[at]);
        let name = core::str::from_utf8(&self.names[..length]).unwrap_or_default();
        match self.system.length(name) {
            None => Access::Stale,
            Some(_) => Access::At(self.open[at].position),
        }
    }

    /// Reads at most `length` bytes of an open file, tells them in pieces, and moves its position.
    pub fn read(&mut self, pid: u16, fd: u32, length: u16, mut tell: impl FnMut(u32, &[u8])) -> u32 {
        let Some(at) = self.position(pid, fd) else { return 0 };
        let size = Self::name_of(self.names, &self.blocks, &self.open[at]);
        let name = core::str::from_utf8(&self.names[..size]).unwrap_or_default();
        let whole = self.system.length(name).unwrap_or(0);
        let start = self.open[at].position;
        let end = start.saturating_add(length.into()).min(whole);
        let mut buffer = [0; 64];
        let mut position = start;
        while position < end {
            let piece = &mut buffer[..((end - position) as usize).min(64)];
            let count = self.system.read(name, position, piece);
            if count == 0 {
                break;
            }
            tell(position - start, &piece[..count]);
            position += count as u32;
        }
        // A file that is shorter than the position brings it back.
        self.open[at].position = end;
        end.saturating_sub(start)
    }

    /// Writes to an open file, and moves its position.
    pub fn write(&mut self, pid: u16, fd: u32, bytes: &[u8], out: &mut impl Emit) -> u32 {
        let Some(at) = self.position(pid, fd) else { return 0 };
        let size = Self::name_of(self.names, &self.blocks, &self.open[at]);
        let name = core::str::from_utf8(&self.names[..size]).unwrap_or_default();
        let file = &mut self.open[at];
        match self.system.write(name, file.position, bytes) {
            Ok(()) => {
                file.position += bytes.len() as u32;
                bytes.len() as u32
            }
            Err(Full) => {
                out.lacks(Shortage::Files);
                0
            }
        }
    }

    /// Has files that are open under the name in the first buffer be open under that in the second.
    pub fn renamed(&mut self, lengths: (usize, usize)) -> Result<(), Full> {
        let (old, new) = self.names.split_at(self.names.len() / 2);
        let (old, new) = (&old[..lengths.0], &new[..lengths.1]);
        for file in self.open.iter_mut() {
            if self.blocks.equals(&file.name, old) {
                let name = self.blocks.store(new)?;
                self.blocks.discard(&mut file.name);
                file.name = name;
            }
        }
        Ok(())
    }

    /// The open files, ascending by PID and number, with their names in pieces.
    pub fn iter(&self) -> impl Iterator<Item = (&OpenFile, impl Iterator<Item = &[u8]>)> {
        self.open.iter().map(|file| (file, self.blocks.pieces(&file.name, 0, u32::MAX)))
    }
}
