//! Module 4: the file system.

use super::call::{Call, Service};
use crate::error::{Raise, Shortage};
use crate::event::{Delivery, Emit, Event};
use crate::executive::{Executive, System};
use crate::files::Access;
use crate::hal::FileSystem;
use crate::profile::Switch;
use crate::text::{GuestText, is_blank};

const FAILED: u32 = 0xFFFF_FFFF;
/// -22.
const BAD_PATH: u32 = 0xFFFF_FFEA;

/// Functions 0 open, 1 read, 2 write, 3 close, 10 list, 11 delete, 12 rename, 13 make a folder, which does nothing.
pub(super) struct Files;

impl Service for Files {
    fn call<S: System, const N: usize>(executive: &mut Executive<'_, S, N>, call: Call) {
        let answer = match call.function {
            0 => executive.open_file(call),
            1 => executive.read_file(call),
            2 => executive.write_file(call),
            3 => {
                let fd = executive.half(call, 1).into();
                if executive.files.close(call.pid, fd) { 0 } else { FAILED }
            }
            10 => executive.list_files(call),
            11 => executive.delete_file(call),
            12 => executive.rename_file(call),
            13 => 0,
            _ => FAILED,
        };
        executive.answer(call, answer);
    }
}

/// Whether `open` takes a path: a relative one that stays below where it starts.
fn is_path(text: &str) -> bool {
    let inner = text.trim_matches(is_blank);
    let separator = |c| c == '/' || c == '\\';
    !text.is_empty()
        && !inner.contains(':')
        && !inner.starts_with(separator)
        && inner.split(separator).all(|component| component != "..")
}

impl<S: System, const N: usize> Executive<'_, S, N> {
    fn open_file(&mut self, call: Call) -> u32 {
        let path = GuestText::at(self.machine.bytes(call.vm), self.half(call, 1));
        let Some(path) = path.copy_to(self.files.with_names().0) else {
            self.outbox.lacks(Shortage::Files);
            return BAD_PATH;
        };
        if !is_path(path) {
            return BAD_PATH;
        }
        let length = path.len();
        let own = self.strict(Switch::TaskFds);
        let fd = if own { self.tasks[call.at].next_fd } else { self.files.next_fd };
        if self.files.open(call.pid, fd, length).is_err() {
            self.outbox.lacks(Shortage::Files);
            return BAD_PATH;
        }
        let next = if own { &mut self.tasks[call.at].next_fd } else { &mut self.files.next_fd };
        *next += 1;
        fd
    }

    /// Whether an open file can be read or written; one whose file is gone raises in the reference.
    fn is_accessible(&mut self, call: Call, fd: u32) -> bool {
        match self.files.access(call.pid, fd) {
            Access::At(_) => true,
            Access::NotOpen => false,
            Access::Stale => {
                if !self.strict(Switch::StaleFd) {
                    self.raise(Raise::StaleFd);
                }
                false
            }
        }
    }

    fn read_file(&mut self, call: Call) -> u32 {
        let (fd, ptr, length) = (self.half(call, 1), self.half(call, 2), self.half(call, 3));
        if !self.is_accessible(call, fd.into()) {
            return 0;
        }
        let (machine, mut within) = (&mut self.machine, true);
        let count = self.files.read(call.pid, fd.into(), length, |offset, piece| {
            within &= machine.write(call.vm, u32::from(ptr) + offset, piece);
        });
        self.grows(!within);
        count
    }

    fn write_file(&mut self, call: Call) -> u32 {
        let (fd, ptr, length) = (self.half(call, 1), self.half(call, 2), self.half(call, 3));
        if fd < 3 && self.tasks[call.at].stdio && length > 0 {
            return self.write_stream(call, fd, ptr, length);
        }
        if !self.is_accessible(call, fd.into()) {
            return 0;
        }
        let data = self.machine.slice(call.vm, ptr, length);
        self.files.write(call.pid, fd.into(), data, &mut self.outbox)
    }

    /// Writes to a standard stream: a message to its mailbox, without waiting.
    fn write_stream(&mut self, call: Call, fd: u16, ptr: u16, length: u16) -> u32 {
        let (handle, flags) = (self.tasks[call.at].stdio_handle + u32::from(fd), u32::from(fd));
        let data = self.machine.slice(call.vm, ptr, length);
        let (key, length) = ((call.pid, handle), data.len() as u32);
        let sent = self.mail.send(self.profile, key, (data, flags, 0), self.clock, &mut self.outbox);
        let Some(sent) = sent.ok().filter(|sent| sent.taken) else { return 0 };
        self.outbox.emit(Event::MailboxSend(Delivery {
            pid: call.pid,
            descriptor: sent.descriptor,
            handle,
            length,
            flags,
            src: call.pid,
            ..Delivery::default()
        }));
        if self.strict(Switch::Wakes) {
            self.serve(sent.descriptor);
        }
        length
    }

    fn list_files(&mut self, call: Call) -> u32 {
        let (ptr, max) = (self.half(call, 2), u32::from(self.half(call, 3)));
        let (machine, mut count, mut within) = (&mut self.machine, 0, true);
        self.files.system().list(&mut |piece| {
            let piece = &piece[..piece.len().min((max - count) as usize)];
            within &= machine.write(call.vm, u32::from(ptr) + count, piece);
            count += piece.len() as u32;
        });
        self.grows(!within);
        count
    }

    fn delete_file(&mut self, call: Call) -> u32 {
        let path = GuestText::at(self.machine.bytes(call.vm), self.half(call, 1));
        let (buffer, _, system) = self.files.with_names();
        let Some(path) = path.copy_to(buffer) else {
            self.outbox.lacks(Shortage::Files);
            return FAILED;
        };
        if system.delete(path) { 0 } else { FAILED }
    }

    fn rename_file(&mut self, call: Call) -> u32 {
        let memory = self.machine.bytes(call.vm);
        let old = GuestText::at(memory, self.half(call, 1));
        let new = GuestText::at(memory, self.half(call, 2));
        let (first, second, system) = self.files.with_names();
        let renamed = match (old.copy_to(first), new.copy_to(second)) {
            (Some(old), Some(new)) => {
                system.rename(old, new).map(|done| done.then_some((old.len(), new.len())))
            }
            _ => Err(crate::table::Full),
        };
        let moved = match renamed {
            Ok(Some(lengths)) if self.strict(Switch::StaleFd) => self.files.renamed(lengths),
            Ok(Some(_)) => Ok(()),
            Ok(None) => return FAILED,
            Err(full) => Err(full),
        };
        if moved.is_err() {
            self.outbox.lacks(Shortage::Files);
            return FAILED;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::is_path;

    #[test]
    fn paths_stay_below() {
        let bad = ["", "a:b", "/a", "\\a", " /a", "..", "a/..", "a\\..\\b", "c:", "\t..\n"];
        let good = ["a.txt", "a//b", "./q", ".", " x", "a\\b", " ", "...", "a..b", "\u{E9}"];
        assert!(bad.iter().all(|path| !is_path(path)));
        assert!(good.iter().all(|path| is_path(path)));
    }
}
