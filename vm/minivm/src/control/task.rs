//! A task and the arena it lives in.

use core::ops::Range;

use super::config::{MemConfig, WINDOW};
use super::pid::{Pid, TaskState};
use crate::call_stack::CallStack;
use crate::context::Context;
use crate::hxe::{Header, RODATA_BASE, Region, Store, copy_into};
use crate::memory::{self, DataMemory, Memory};

/// How deep a task is in calls. Return addresses themselves are on its stack.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Depth(u32);

impl CallStack for Depth {
    fn push(&mut self, _: u32) -> bool {
        self.0 = self.0.saturating_add(1);
        true
    }

    fn pop(&mut self) {
        self.0 = self.0.saturating_sub(1);
    }

    fn depth(&self) -> usize {
        self.0 as usize
    }
}

/// What the VM keeps of a task (document 4.3). Its registers are in its memory.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub pid: Pid,
    pub state: TaskState,
    pub context: Context,
    pub depth: Depth,
    /// The address behind its stack.
    pub stack_end: u32,
    /// The header of its image and the length of the whole; nothing while that is loading.
    pub image: Option<(Header, u32)>,
}

/// Room for one task: its code, its data memory, and the metadata of its image.
///
/// Data memory is laid out from the bottom up: 16 KiB that belong to the program, rodata, bss, heap, and at the top the
/// stack and the window of registers.
pub struct Arena<'m, M = Memory> {
    pub(super) code: &'m mut [u8],
    pub(super) memory: &'m mut M,
    pub(super) metadata: &'m mut [u8],
    pub(super) limits: Limits,
    pub(super) tenants: u16,
    pub(super) task: Option<Task>,
}

/// What an arena lets an image have, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limits {
    code: u32,
    /// Rodata and bss.
    data: u32,
}

impl<'m> Arena<'m> {
    /// An arena. Code beyond `code.len()` bytes, and metadata beyond `metadata.len()`, is refused with `ENOSPC`.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane}, hxe::{self, Errno, ImageParts}};
    /// let (mut code, mut memory) = ([0; 4], Memory::new());
    /// let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// let image = |code| hxe::write(&ImageParts { version: 1, code, ..ImageParts::default() });
    /// assert_eq!(vm.load(&image(vec![0; 8])).unwrap_err().errno(), Errno::NoSpace);
    /// assert!(vm.load(&image(vec![0; 4])).is_ok());
    /// ```
    pub fn new(code: &'m mut [u8], memory: &'m mut Memory, metadata: &'m mut [u8]) -> Self {
        Arena::with_memory(code, memory, metadata)
    }
}

impl<'m, M: DataMemory> Arena<'m, M> {
    /// The same with data memory of any kind.
    pub fn with_memory(code: &'m mut [u8], memory: &'m mut M, metadata: &'m mut [u8]) -> Self {
        Arena { code, memory, metadata, limits: Limits::default(), tenants: 0, task: None }
    }

    /// Frees it.
    pub(super) fn clear(&mut self) {
        self.task = None;
        self.memory.reset();
    }

    /// Moves a new task in.
    pub(super) fn move_in(&mut self, index: usize, arenas: usize, config: &MemConfig) -> Option<Pid> {
        let pid = Pid::of(index, arenas, self.tenants).or_else(|| {
            self.tenants = 0;
            Pid::of(index, arenas, 0)
        })?;
        self.tenants += 1;
        self.memory.reset();
        let regions = Regions::new(config);
        let data_max = config.data_max.unwrap_or(u32::MAX);
        let reserved = WINDOW + config.stack_size_bytes + config.heap_size_bytes;
        self.limits = Limits {
            code: config.code_max.unwrap_or(u32::MAX).min(self.code.len() as u32),
            data: (regions.stack - config.heap_size_bytes - RODATA_BASE).min(data_max - reserved),
        };
        let context = Context {
            pc: 0,
            sp: regions.window,
            psw: 0,
            wp: regions.window as u16,
            stack_limit: regions.stack,
            fault_code: 0,
        };
        let (state, depth) = (TaskState::Loading, Depth::default());
        let task = Task { pid, state, context, depth, stack_end: regions.window, image: None };
        self.task = Some(task);
        Some(pid)
    }
}

/// Where in data memory the regions of a task are.
pub(super) struct Regions {
    /// The window of registers, and the top of the stack.
    pub window: u32,
    /// The lowest address of the stack, and the end of the heap.
    pub stack: u32,
}

impl Regions {
    pub fn new(config: &MemConfig) -> Self {
        let window = memory::SIZE as u32 - WINDOW;
        Regions { window, stack: window - config.stack_size_bytes }
    }
}

/// What can be known of a task without activating it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskInfo {
    /// Its number.
    pub pid: Pid,
    /// Its state.
    pub state: TaskState,
    /// 0, or the latched fault: see [`Context::fault_code`].
    pub fault_code: u16,
    /// Byte addresses of its stack; sp starts at the end.
    pub stack: Range<u32>,
    /// Byte addresses of its heap; empty where it has none.
    pub heap: Range<u32>,
}

impl<M: DataMemory> Store for Arena<'_, M> {
    fn reserve(&mut self, header: &Header) -> bool {
        header.code_len <= self.limits.code && header.ro_len + header.bss_size <= self.limits.data
    }

    fn put(&mut self, region: Region, offset: usize, bytes: &[u8]) -> bool {
        match region {
            Region::Code => copy_into(self.code, offset, bytes),
            Region::Rodata => self.memory.write_block(RODATA_BASE + offset as u32, bytes).is_some(),
            Region::Rest => copy_into(self.metadata, offset, bytes),
        }
    }

    fn get(&self, region: Region, offset: usize) -> u8 {
        let byte = match region {
            Region::Code => self.code.get(offset).copied(),
            Region::Rodata => self.memory.read(RODATA_BASE + offset as u32).map(|[byte]| byte),
            Region::Rest => self.metadata.get(offset).copied(),
        };
        byte.unwrap_or(0)
    }
}
