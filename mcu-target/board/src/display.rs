//! The display: an SSD1306 with 128 by 32 points.

use cockpit::hal::{Answer, Refused};
use embedded_graphics::Drawable;
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::FONT_6X10;
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::{OriginDimensions, Point};
use embedded_graphics::text::{Baseline, Text};
use ssd1306::mode::{BufferedGraphicsMode, DisplayConfig};
use ssd1306::prelude::{DisplayRotation, I2CInterface};
use ssd1306::size::DisplaySize128x32;
use ssd1306::{I2CDisplayInterface, Ssd1306};

use crate::bus::Bus;
use crate::i2c::Wires;

type Size = DisplaySize128x32;

/// The display, if there is one.
pub struct Display<B> {
    driver: Ssd1306<I2CInterface<Wires<B>>, Size, BufferedGraphicsMode<Size>>,
    is_there: bool,
}

impl<B: Bus> Display<B> {
    /// Looks for it, and switches it on.
    pub fn open(bus: B) -> Self {
        let wires = I2CDisplayInterface::new(Wires::open(bus));
        let driver = Ssd1306::new(wires, Size {}, DisplayRotation::Rotate0);
        let mut display = Display { driver: driver.into_buffered_graphics_mode(), is_there: false };
        display.is_there = display.driver.init().is_ok();
        display
    }

    fn there(&mut self) -> Answer<&mut Self> {
        if self.is_there { Ok(self) } else { Err(Refused) }
    }

    /// Clears the buffer.
    pub fn clear(&mut self) -> Answer<()> {
        self.there()?.driver.clear_buffer();
        Ok(())
    }

    /// Draws a text into the buffer, its upper left corner at a point. What no character of ASCII is looks like `?`.
    pub fn text(&mut self, x: i32, y: i32, bytes: &[u8]) -> Answer<()> {
        let display = self.there()?;
        let style = MonoTextStyle::new(&FONT_6X10, BinaryColor::On);
        let (width, height) = (FONT_6X10.character_size.width, FONT_6X10.character_size.height);
        let size = display.driver.size();
        // Far outside, sums of coordinates would not fit.
        let touches = |from: i64, length: u32, all: u32| from > -i64::from(length) && from < i64::from(all);
        for (&byte, number) in bytes.iter().zip(0..) {
            let left = i64::from(x) + i64::from(width) * number;
            if !touches(left, width, size.width) || !touches(y.into(), height, size.height) {
                continue;
            }
            let shown = [if byte.is_ascii() { byte } else { b'?' }];
            let shown = core::str::from_utf8(&shown).unwrap_or("?");
            let text = Text::with_baseline(shown, Point::new(left as i32, y), style, Baseline::Top);
            text.draw(&mut display.driver).map_err(|_| Refused)?;
        }
        Ok(())
    }

    /// Shows the buffer.
    pub fn update(&mut self) -> Answer<()> {
        self.there()?.driver.flush().map_err(|_| Refused)
    }
}
