//! Register numbers of the control plane, and what they select.

use super::error::Error;
use crate::instruction::Reg;

/// A register by its number in the document, section 4.3: 0 to 3 are pc, sp, psw and wp, 16 to 31 are R0 to R15.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisterId {
    /// `REG_PC`, 0: the byte address of the next instruction.
    Pc,
    /// `REG_SP`, 1: the stack pointer, an absolute byte address.
    Sp,
    /// `REG_PSW`, 2: the flags.
    Psw,
    /// `REG_WP`, 3: where the general registers are in data memory. Can be read only.
    Wp,
    /// `REG_R0` to `REG_R15`, 16 to 31.
    General(Reg),
}

impl TryFrom<u32> for RegisterId {
    type Error = Error;

    /// ```
    /// # use minivm::{Reg, control::RegisterId};
    /// assert_eq!(RegisterId::try_from(16), Ok(RegisterId::General(Reg::R0)));
    /// assert_eq!(u32::from(RegisterId::Wp), 3);
    /// assert!(RegisterId::try_from(32).is_err());
    /// ```
    ///
    /// # Errors
    /// [`Error::NoRegister`] (`EINVAL`).
    fn try_from(number: u32) -> Result<Self, Error> {
        let general = || Reg::new(u8::try_from(number.checked_sub(16)?).ok()?);
        match number {
            0 => Ok(RegisterId::Pc),
            1 => Ok(RegisterId::Sp),
            2 => Ok(RegisterId::Psw),
            3 => Ok(RegisterId::Wp),
            _ => general().map(RegisterId::General).ok_or(Error::NoRegister(number)),
        }
    }
}

impl From<RegisterId> for u32 {
    fn from(id: RegisterId) -> u32 {
        match id {
            RegisterId::Pc => 0,
            RegisterId::Sp => 1,
            RegisterId::Psw => 2,
            RegisterId::Wp => 3,
            RegisterId::General(reg) => 16 + reg.index() as u32,
        }
    }
}
