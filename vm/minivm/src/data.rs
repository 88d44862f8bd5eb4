//! Data memory and the stack as instructions reach them: what a profile lets through, and why it does not.
//!
//! An access that is not let through gives nothing and has changed nothing. Why is asked only then.

use crate::memory::{LoadStore, Memory, SIZE};
use crate::profile::{Profile, Switch};
use crate::stop::Fault;

/// The address as the profile takes it: as it is, or wrapped at 16 bits.
#[inline(always)]
fn reached(profile: impl Profile, address: u32) -> u32 {
    if profile.strict(Switch::AddressRange) { address } else { address & 0xFFFF }
}

/// The `N` bytes (4, 2 or 1) at a computed address, zero-extended.
#[inline(always)]
pub fn load<const N: usize>(profile: impl Profile, memory: &impl LoadStore, address: u32) -> Option<u32> {
    if profile.strict(Switch::Alignment) && !profile.strict(Switch::AddressRange) {
        return memory.read_wrapped::<N>(address).map(word);
    }
    fetch::<N>(profile, memory, reached(profile, address))
}

/// Writes the low `N` bytes (4, 2 or 1) of a value at a computed address.
#[inline(always)]
pub fn store<const N: usize>(
    profile: impl Profile,
    memory: &mut impl LoadStore,
    address: u32,
    value: u32,
) -> Option<()> {
    let aligned = address.is_multiple_of(N as u32) || profile.strict(Switch::Alignment);
    if aligned && !profile.strict(Switch::AddressRange) {
        return memory.write_wrapped(address, low_bytes::<N>(value));
    }
    put::<N>(profile, memory, reached(profile, address), value)
}

/// Why a load or a store of so many bytes (4, 2 or 1) at a computed address is not let through. A word across the end of
/// memory is a fault of range, aligned or not.
pub fn access_fault(profile: impl Profile, address: u32, width: u8) -> Fault {
    let last = SIZE as u32 - u32::from(width);
    if reached(profile, address) <= last { Fault::Misaligned } else { Fault::Memory }
}

/// Pushes a value and gives the new stack pointer.
#[inline(always)]
pub fn push(
    profile: impl Profile,
    memory: &mut impl LoadStore,
    sp: u32,
    stack_limit: u32,
    value: u32,
) -> Option<u32> {
    let below = sp.wrapping_sub(4);
    if below < stack_limit {
        return None;
    }
    // Below address 0 is above the end of memory.
    put::<4>(profile, memory, below, value)?;
    Some(below)
}

/// Why a push is not let through.
pub fn push_fault(sp: u32, stack_limit: u32) -> Fault {
    let below = sp.wrapping_sub(4);
    if below < stack_limit || !Memory::contains::<4>(below) {
        Fault::StackOverflow
    } else {
        Fault::Misaligned
    }
}

/// The value at the top of the stack.
#[inline(always)]
pub fn top(profile: impl Profile, memory: &impl LoadStore, sp: u32) -> Option<u32> {
    fetch::<4>(profile, memory, sp)
}

/// Why a pop is not let through.
pub fn pop_fault(sp: u32) -> Fault {
    match sp {
        0..=0xFFFC => Fault::Misaligned,
        0xFFFD..=0xFFFF => Fault::Memory,
        _ => Fault::StackUnderflow,
    }
}

#[inline(always)]
fn fetch<const N: usize>(profile: impl Profile, memory: &impl LoadStore, address: u32) -> Option<u32> {
    let bytes = if profile.strict(Switch::Alignment) {
        memory.read_aligned::<N>(address)
    } else {
        memory.read::<N>(address)
    };
    bytes.map(word)
}

#[inline(always)]
fn put<const N: usize>(
    profile: impl Profile,
    memory: &mut impl LoadStore,
    address: u32,
    value: u32,
) -> Option<()> {
    if profile.strict(Switch::Alignment) || address.is_multiple_of(N as u32) {
        memory.write_aligned(address, low_bytes::<N>(value))
    } else {
        put_misaligned(memory, address, low_bytes::<N>(value))
    }
}

/// Code that does so is rare, and the interpreter is the smaller for a call.
#[cold]
#[inline(never)]
fn put_misaligned<const N: usize>(memory: &mut impl LoadStore, address: u32, bytes: [u8; N]) -> Option<()> {
    memory.write(address, bytes)
}

#[inline(always)]
fn word<const N: usize>(bytes: [u8; N]) -> u32 {
    let mut word = [0; 4];
    word[..N].copy_from_slice(&bytes);
    u32::from_le_bytes(word)
}

#[inline(always)]
fn low_bytes<const N: usize>(value: u32) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&value.to_le_bytes()[..N]);
    bytes
}
