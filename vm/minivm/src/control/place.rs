//! What an executive needs beside the calls of the document: tasks at places of its choice, their memory without making
//! them active, and functions of theirs that it calls.

use core::ops::Range;

use super::config::WINDOW;
use super::error::Error;
use super::pid::{Pid, TaskState};
use super::plane::ControlPlane;
use crate::call_stack::CallStack;
use crate::hxe::{Defect, Image, LoadError, RODATA_BASE, Region, Store};
use crate::instruction::Reg;
use crate::memory::{self, DataMemory};
use crate::profile::Profile;

/// Where the registers and the stack of a task lie in its data memory, in place of what
/// [`MemConfig`](super::MemConfig) says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Byte address of the window of 16 registers, 1 to 0xFFC0.
    pub window: u16,
    /// Byte addresses of the stack, within memory; sp starts at the end.
    pub stack: Range<u32>,
    /// How many bytes of rodata and bss are accepted. Nothing: any number, and what lies beyond memory is cut off.
    pub data: Option<u32>,
}

impl Layout {
    fn check(&self) -> Result<(), Error> {
        let Layout { window, stack, .. } = self;
        if *window == 0 || u32::from(*window) > memory::SIZE as u32 - WINDOW {
            return Err(Error::Config { field: "layout.window", value: (*window).into() });
        }
        if stack.start > stack.end || stack.end > memory::SIZE as u32 {
            return Err(Error::Config { field: "layout.stack", value: stack.end });
        }
        Ok(())
    }
}

impl<P: Profile, const N: usize, M: DataMemory> ControlPlane<'_, P, N, M> {
    /// Makes a task of an image that is whole and valid somewhere else, in a layout of the caller's. The task is `Ready`,
    /// as after [`ControlPlane::load_end`]; window and stack are zero even if rodata reaches them. In any state but
    /// while another image is being loaded. The metadata stay where the image is.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, asm, control::{Arena, ControlPlane, Layout}, hxe::{self, Buffers, Loader}};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// # let bytes = hxe::write(&asm::assemble("LDI R0, 7\nRET")?.into());
    /// # let (mut code, mut rodata, mut rest) = ([0; 64], [0; 64], [0; 64]);
    /// # let mut buffers = Buffers { code: &mut code, rodata: &mut rodata, rest: &mut rest };
    /// # let mut loader = Loader::new();
    /// # loader.write(Strict, &mut buffers, &bytes)?;
    /// # let image = loader.finish(&buffers)?;
    /// let pid = vm.load_at(&image, Layout { window: 0x1000, stack: 0xE000..0xF000, data: None })?;
    /// let task = vm.tasks().next().unwrap();
    /// assert_eq!((task.pid, task.stack), (pid, 0xE000..0xF000));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Busy`] (`EBUSY`), [`Error::Config`] (`EINVAL`) for a layout that is not within memory,
    /// [`Error::Image`] (`ENOSPC`) if code or data do not fit, [`Error::NoArena`] (`ENOSPC`).
    pub fn load_at<S: Store>(&mut self, image: &Image<'_, S>, layout: Layout) -> Result<Pid, Error> {
        layout.check()?;
        let header = image.header;
        let pid = self.load_begin()?;
        self.loading = None;
        let index = self.arena_of(pid)?;
        let arena = &mut self.arenas[index];
        let too_much = layout.data.is_some_and(|most| header.ro_len + header.bss_size > most);
        if too_much || header.code_len as usize > arena.code.len() {
            arena.clear();
            let error =
                LoadError { defect: Defect::NoSpace, offset: header.size() as u32, value: header.code_len };
            return Err(error.into());
        }
        for (offset, byte) in arena.code[..header.code_len as usize].iter_mut().enumerate() {
            *byte = image.store.get(Region::Code, offset);
        }
        let rodata_end = (RODATA_BASE + header.ro_len).min(memory::SIZE as u32);
        let hidden = |at: &u32| {
            layout.stack.contains(at)
                || (layout.window.into()..u32::from(layout.window) + WINDOW).contains(at)
        };
        for address in (RODATA_BASE..rodata_end).filter(|at| !hidden(at)) {
            arena.memory.write(address, [image.store.get(Region::Rodata, (address - RODATA_BASE) as usize)]);
        }
        if let Some(task) = &mut arena.task {
            task.context.pc = header.entry;
            task.context.sp = layout.stack.end;
            task.context.wp = layout.window;
            task.context.stack_limit = layout.stack.start;
            task.stack_end = layout.stack.end;
            task.image = Some((header, image.length));
            task.state = TaskState::Ready;
        }
        Ok(pid)
    }

    /// The data memory of any task that is `Ready` or `Stopped`, its window of registers included.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane}, hxe::{self, ImageParts}};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// # let parts = ImageParts { version: 1, code: vec![0; 8], rodata: b"hello...".into(), ..ImageParts::default() };
    /// let pid = vm.load(&hxe::write(&parts))?; // rodata: hello...
    /// assert_eq!(&vm.memory(pid)?.bytes()[0x4000..0x4005], b"hello");
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`] (`ESRCH`), [`Error::Busy`] (`EBUSY`) while it is loading.
    pub fn memory(&self, pid: Pid) -> Result<&M, Error> {
        let (arena, _) = self.loaded(pid)?;
        Ok(self.arenas[arena].memory)
    }

    /// The bytes of the data memory of any task that is `Ready` or `Stopped`, lying together; see [`DataMemory::gather`].
    ///
    /// # Errors
    /// [`Error::NoTask`] (`ESRCH`), [`Error::Busy`] (`EBUSY`) while it is loading.
    pub fn gather(&mut self, pid: Pid, address: u16, length: u16) -> Result<&[u8], Error> {
        let (arena, _) = self.loaded(pid)?;
        Ok(self.arenas[arena].memory.gather(address, length))
    }

    /// Whether the data memory of any task, of one that is gone too, has lacked room; see [`DataMemory::lacks_room`].
    pub fn lacks_room(&self) -> bool {
        self.arenas.iter().any(|arena| arena.memory.lacks_room())
    }

    /// How many calls any task that is `Ready` or `Stopped` is in.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, asm, control::{Arena, ControlPlane}, hxe};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// # let image = hxe::write(&asm::assemble("CALL inner\nRET\ninner: RET")?.into());
    /// let pid = vm.load(&image)?; // CALL inner; RET; inner: RET
    /// vm.set_context(pid)?;
    /// vm.clock(1)?;
    /// assert_eq!(vm.depth(pid)?, 1);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`] (`ESRCH`), [`Error::Busy`] (`EBUSY`) while it is loading.
    pub fn depth(&self, pid: Pid) -> Result<u32, Error> {
        let (_, task) = self.loaded(pid)?;
        Ok(task.depth.depth() as u32)
    }

    /// Has a task that is `Ready` call the function at `target` as `CALL` would, with its pc as the return address: the
    /// `RET` that brings its depth back goes on where it was.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, asm, control::{Arena, ControlPlane, RegisterId}, hxe};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// # let image = hxe::write(&asm::assemble("RET\nhandler: RET")?.into());
    /// let pid = vm.load(&image)?; // RET; handler: RET
    /// vm.set_context(pid)?;
    /// vm.call_for(pid, 4)?;
    /// assert_eq!((vm.reg(RegisterId::Pc)?, vm.depth(pid)?), (4, 1));
    /// vm.clock(1)?;
    /// assert_eq!((vm.reg(RegisterId::Pc)?, vm.depth(pid)?), (0, 0));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`] (`ESRCH`), [`Error::Busy`] (`EBUSY`) if it is not `Ready`, [`Error::RegisterValue`] (`EINVAL`)
    /// if `target` is no multiple of 4 within its code, [`Error::Address`] (`EFAULT`) if its stack has no room.
    pub fn call_for(&mut self, pid: Pid, target: u32) -> Result<(), Error> {
        let (index, task) = self.loaded(pid)?;
        if task.state != TaskState::Ready {
            return Err(Error::Busy(pid, task.state));
        }
        let code_len = task.image.map_or(0, |(header, _)| header.code_len);
        if !target.is_multiple_of(4) || target >= code_len {
            return Err(Error::RegisterValue(target));
        }
        let context = task.context;
        let no_room = Error::Address { address: context.sp.wrapping_sub(4), length: 4 };
        let sp = context.sp.checked_sub(4).filter(|sp| *sp >= context.stack_limit).ok_or(no_room)?;
        let arena = &mut self.arenas[index];
        arena.memory.write(sp, context.pc.to_le_bytes()).ok_or(no_room)?;
        arena.memory.set_register(context.wp, Reg::R15, sp);
        if let Some(task) = &mut arena.task {
            (task.context.sp, task.context.pc) = (sp, target);
            let _always = task.depth.push(context.pc);
        }
        Ok(())
    }
}
