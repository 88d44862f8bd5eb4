//! Globals and arrays.

use crate::error::Check;
use crate::hal::Hal;
use crate::profile::{Profile, Switch};
use crate::vm::Vm;

/// The number of a global or an array that an immediate means.
#[inline(always)]
pub(crate) fn number(immediate: u16, profile: impl Profile) -> usize {
    let mask = if profile.plan(Switch::WholeNumber) { 0xFFFF } else { 0xFF };
    usize::from(immediate & mask)
}

impl<P: Profile, H: Hal> Vm<'_, P, H> {
    #[inline(always)]
    pub(super) fn load_global(&mut self, immediate: u16) -> Result<(), Check> {
        let value = *self.state.globals.get(self.number(immediate)).ok_or(Check::Memory)?;
        self.push(value)
    }

    #[inline(always)]
    pub(super) fn store_global(&mut self, immediate: u16) -> Result<(), Check> {
        let value = self.pop()?;
        let number = self.number(immediate);
        *self.state.globals.get_mut(number).ok_or(Check::Memory)? = value;
        Ok(())
    }

    pub(super) fn load_array(&mut self, immediate: u16) -> Result<(), Check> {
        let index = self.pop()?;
        let value = *self.element(immediate, index)?;
        self.push(value)
    }

    pub(super) fn store_array(&mut self, immediate: u16) -> Result<(), Check> {
        let index = self.pop()?;
        let value = self.pop()?;
        *self.element(immediate, index)? = value;
        Ok(())
    }

    pub(super) fn create_array(&mut self, immediate: u16) -> Result<(), Check> {
        let length = usize::try_from(self.pop()?).map_err(|_| Check::Length)?;
        let number = self.number(immediate);
        self.state.arrays.create(number, length)?;
        Ok(())
    }

    #[inline(always)]
    fn element(&mut self, immediate: u16, index: i32) -> Result<&mut i32, Check> {
        let index = usize::try_from(index).map_err(|_| Check::Memory)?;
        let number = self.number(immediate);
        self.state.arrays.get_mut(number).and_then(|array| array.get_mut(index)).ok_or(Check::Memory)
    }

    #[inline(always)]
    fn number(&self, immediate: u16) -> usize {
        number(immediate, self.profile)
    }
}
