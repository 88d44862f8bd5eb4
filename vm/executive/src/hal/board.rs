//! Devices of a board, by the traits that drivers of the embedded world implement.

use embedded_can::{Frame, StandardId, nb::Can};
use embedded_io::Write;

use super::traits::Devices;
use crate::event::Event;

/// A UART and a CAN controller. Both are written to without waiting for an answer: what a device refuses is lost, as on
/// a line that nobody listens to. A frame of more than 8 bytes does not exist on a classic bus and is lost too.
///
/// Events go to a function.
///
/// ```
/// # use embedded_can::{Frame, Id, StandardId, nb::Can};
/// # struct Line(Vec<u8>);
/// # #[derive(Clone)] struct Short(StandardId, Vec<u8>);
/// # impl Frame for Short {
/// #     fn new(id: impl Into<Id>, data: &[u8]) -> Option<Self> {
/// #         match id.into() { Id::Standard(id) if data.len() <= 8 => Some(Short(id, data.into())), _ => None }
/// #     }
/// #     fn new_remote(_: impl Into<Id>, _: usize) -> Option<Self> { None }
/// #     fn is_extended(&self) -> bool { false }
/// #     fn is_remote_frame(&self) -> bool { false }
/// #     fn id(&self) -> Id { self.0.into() }
/// #     fn dlc(&self) -> usize { self.1.len() }
/// #     fn data(&self) -> &[u8] { &self.1 }
/// # }
/// # struct Bus(Vec<Short>);
/// # impl Can for Bus {
/// #     type Frame = Short;
/// #     type Error = core::convert::Infallible;
/// #     fn transmit(&mut self, frame: &Short) -> nb::Result<Option<Short>, Self::Error> { self.0.push(frame.clone()); Ok(None) }
/// #     fn receive(&mut self) -> nb::Result<Short, Self::Error> { Err(nb::Error::WouldBlock) }
/// # }
/// use executive::hal::{Board, Devices};
/// let mut text = [0; 4];
/// let mut board = Board { uart: text.as_mut_slice(), can: Bus(vec![]), report: |_: &_| {} };
/// board.uart(1, b"ok");
/// board.can(1, 0x123, &[1, 2, 3]);
/// board.can(1, 0x123, &[0; 9]);
/// assert_eq!(board.can.0.len(), 1);
/// assert_eq!(&text, b"ok\0\0");
/// ```
#[derive(Debug)]
pub struct Board<U, C, F> {
    /// Where text goes.
    pub uart: U,
    /// Where frames go.
    pub can: C,
    /// Told of each event.
    pub report: F,
}

impl<U: Write, C: Can, F: FnMut(&Event)> Devices for Board<U, C, F> {
    fn uart(&mut self, _: u16, bytes: &[u8]) {
        let _lost = self.uart.write_all(bytes);
    }

    fn can(&mut self, _: u16, id: u16, data: &[u8]) {
        if let Some(frame) = StandardId::new(id).and_then(|id| C::Frame::new(id, data)) {
            let _lost = self.can.transmit(&frame);
        }
    }

    fn exit(&mut self, _: u16, _: u32) {}

    fn event(&mut self, event: &Event) {
        (self.report)(event);
    }
}
