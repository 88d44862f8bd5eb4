//! Frames: what goes in comes out, and what was changed on the way does not.

use hil_wire::frame::{DELIMITER, Damage, Frame, encode, frame_size};
use hil_wire::{
    Case, Cost, Counter, End, Hello, Item, Kind, Packer, Refusal, Reply, Request, Sequence, Task,
};
use postcard::Error::SerializeBufferFull;
use proptest::prelude::*;

/// A frame with its delimiters.
fn frame(kind: Kind, sequence: u32, message: &impl serde::Serialize) -> Vec<u8> {
    let mut buffer = vec![0; 0x1_0000];
    let length = encode(kind, sequence, message, &mut buffer).expect("it fits");
    buffer.truncate(length);
    buffer
}

fn between_delimiters(frame: &[u8]) -> Vec<u8> {
    let [DELIMITER, inside @ .., DELIMITER] = frame else { panic!("no delimiters: {frame:02x?}") };
    assert!(!inside.contains(&DELIMITER));
    inside.to_vec()
}

fn task() -> impl Strategy<Value = Task> {
    prop_oneof![
        Just(Task::Outcome),
        Just(Task::Trace),
        any::<u8>().prop_map(Task::Canary),
        any::<u32>().prop_map(|every| Task::Digests { every }),
        any::<(u16, u32, u8)>().prop_map(|(rounds, steps, way)| Task::Measure { rounds, steps, way }),
    ]
}

proptest! {
    #[test]
    fn a_run_of_cases_comes_through(
        sequence: u32, subject: u8, profile: u8,
        cases in prop::collection::vec((task(), prop::collection::vec(any::<u8>(), 0..600)), 0..5),
    ) {
        let cases: Vec<Case<'_>> = cases.iter().map(|(task, bytes)| Case { task: *task, bytes }).collect();
        let mut buffer = [0; 5000];
        let mut packed = Packer::new(&mut buffer);
        cases.iter().for_each(|case| packed.push(case).unwrap());
        let request = Request::Run { subject, profile, cases: packed.items() };

        let mut bytes = between_delimiters(&frame(Kind::Request, sequence, &request));
        let got = Frame::decode(&mut bytes).unwrap();
        prop_assert_eq!((got.kind, got.sequence), (Kind::Request, sequence));
        prop_assert_eq!(got.message(), Ok(request));
        let Request::Run { cases: got, .. } = got.message().unwrap() else { panic!("another request") };
        prop_assert_eq!(got.iter().collect::<Result<Vec<_>, _>>().unwrap(), cases);
    }

    #[test]
    fn items_come_through(part in prop::collection::vec(any::<u8>(), 0..256), digest: u64, cost: [u32; 3],
                          steps: u32, end in prop::collection::vec(any::<u8>(), 0..100), limit: u8) {
        let [ticks, stack, state] = cost;
        let items = [
            Item::Part(&part), Item::Digest(digest), Item::Cost(Cost { ticks, stack, state }),
            Item::End(End { steps, bytes: &end }), Item::Unsupported(limit),
        ];
        let mut buffer = [0; 2000];
        let mut packer = Packer::new(&mut buffer);
        items.iter().for_each(|item| packer.push(item).unwrap());
        let reply = Reply::Items { case: 3, part: 1, items: packer.items() };
        let mut bytes = between_delimiters(&frame(Kind::Reply, 7, &reply));
        let Reply::Items { case: 3, part: 1, items: got } = Frame::decode(&mut bytes).unwrap().message().unwrap()
        else { panic!("another reply") };
        prop_assert_eq!(got.iter().collect::<Result<Vec<_>, _>>().unwrap(), items);
    }

    #[test]
    fn a_frame_takes_no_more_than_is_said(length in 0usize..1200) {
        let bytes = vec![0xA5; length];
        let items = Sequence::<u8>::of_bytes(&bytes);
        let message = postcard::serialize_with_flavor(&items, postcard::ser_flavors::Size::default()).unwrap();
        let size = frame_size(message);
        let mut buffer = vec![0; size];
        prop_assert!(encode(Kind::Reply, 1, &items, &mut buffer).unwrap() <= size);
    }

    #[test]
    fn too_small_a_buffer_is_an_error(length in 0usize..600, room in 0usize..600) {
        let bytes = vec![0; length];
        let whole = frame(Kind::Reply, 1, &Sequence::<u8>::of_bytes(&bytes));
        let mut buffer = vec![0; room];
        match encode(Kind::Reply, 1, &Sequence::<u8>::of_bytes(&bytes), &mut buffer) {
            Ok(length) => prop_assert_eq!(&buffer[..length], &whole[..]),
            Err(error) => {
                prop_assert!(room < whole.len());
                prop_assert_eq!(error, SerializeBufferFull);
            }
        }
    }

    #[test]
    fn any_bytes_can_be_read(mut bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(frame) = Frame::decode(&mut bytes) {
            let _ = frame.message::<Request<'_>>();
            let _ = frame.message::<Reply<'_>>();
        }
    }

    #[test]
    fn any_payload_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let frame = Frame { kind: Kind::Request, sequence: 0, payload: &bytes };
        if let Ok(Request::Run { cases, .. }) = frame.message() {
            let _ = cases.iter().count();
        }
        if let Ok(Reply::Items { items, .. }) = frame.message() {
            let _ = items.iter().count();
        }
    }

    #[test]
    fn a_changed_frame_is_refused(payload in prop::collection::vec(any::<u8>(), 0..300), sequence: u32,
                                  place: prop::sample::Index, change in 1u8..) {
        let mut bytes = between_delimiters(&frame(Kind::Request, sequence, &Sequence::<u8>::of_bytes(&payload)));
        let place = place.index(bytes.len());
        bytes[place] ^= change;
        prop_assert!(bytes[place] == DELIMITER || Frame::decode(&mut bytes).is_err());
    }

    #[test]
    fn a_cut_frame_is_refused(payload in prop::collection::vec(any::<u8>(), 0..300), length: prop::sample::Index) {
        let mut bytes = between_delimiters(&frame(Kind::Request, 1, &Sequence::<u8>::of_bytes(&payload)));
        bytes.truncate(length.index(bytes.len()));
        prop_assert!(Frame::decode(&mut bytes).is_err());
    }
}

#[test]
fn what_is_wrong_is_said() {
    let whole = |version: u8, kind: u8| {
        let body = [&[version, kind][..], &[0; 4]].concat();
        let checksum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&body).to_le_bytes();
        let body = [body, checksum.to_vec()].concat();
        let mut stuffed = vec![0; cobs::max_encoding_length(body.len())];
        let length = cobs::encode(&body, &mut stuffed);
        stuffed.truncate(length);
        stuffed
    };
    let decode = |mut bytes: Vec<u8>| Frame::decode(&mut bytes).map(|frame| frame.kind);
    assert_eq!(decode(whole(2, 0x51)), Ok(Kind::Request));
    assert_eq!(decode(whole(1, 0x51)), Err(Damage::Version(1)));
    assert_eq!(decode(whole(2, 0x50)), Err(Damage::Kind(0x50)));
    assert_eq!(decode(vec![]), Err(Damage::Stuffing));
    assert_eq!(decode(vec![3, 1, 1]), Err(Damage::Length));
    assert_eq!(decode(vec![9, 1, 1]), Err(Damage::Stuffing));
    let mut changed = whole(2, 0x51);
    changed[1] ^= 4;
    assert_eq!(decode(changed), Err(Damage::Checksum));
}

/// The form of messages is fixed: whatever changes these bytes must raise the version.
#[test]
fn the_form_is_fixed() {
    let hello =
        Hello { chip: "x", build: &[0xAB], subjects: &[1, 4], max_frame: 300, counter: Counter::SysTick };
    assert_eq!(
        frame(Kind::Request, 1, &Request::Hello),
        [0, 4, 2, 0x51, 1, 1, 1, 1, 5, 0xB5, 0x3C, 0x41, 0xF0, 0]
    );
    let bytes = postcard::serialize_with_flavor(
        &Reply::Hello(hello),
        postcard::ser_flavors::Slice::new(&mut [0; 20]),
    )
    .unwrap()
    .to_vec();
    assert_eq!(bytes, [0, 1, b'x', 1, 0xAB, 2, 1, 4, 0xAC, 2, 1]);
    let run = Request::Run { subject: 1, profile: 2, cases: Sequence::of_bytes(&[0, 1, 9]) };
    let bytes = postcard::to_slice(&run, &mut [0; 20]).unwrap().to_vec();
    assert_eq!(bytes, [1, 1, 2, 3, 0, 1, 9]);
    let refusal = Reply::Error(Refusal::Damaged(Damage::Version(9)));
    let bytes = postcard::to_slice(&refusal, &mut [0; 20]).unwrap().to_vec();
    assert_eq!(bytes, [3, 0, 3, 9]);
}
