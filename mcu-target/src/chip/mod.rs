//! What differs from chip to chip. A chip is a file here, a file `chips/NAME.x` with its memory, and a feature.

mod uart;

#[cfg(feature = "stm32f405")]
mod stm32f405;
#[cfg(feature = "stm32f405")]
pub use stm32f405::*;
#[cfg(feature = "stm32g474")]
mod stm32g474;
#[cfg(feature = "stm32g474")]
pub use stm32g474::*;
