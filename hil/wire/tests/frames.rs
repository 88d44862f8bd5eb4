//! Frames: what goes in comes out, and what was changed on the way does not.

use postcard::Error::SerializeBufferFull;
use proptest::prelude::*;
use wire::frame::{DELIMITER, Damage, Frame, encode, frame_size};
use wire::message::Counter;
use wire::{
    Block, Case, Cost, End, Hello, Item, Kind, Packer, Profile, Refusal, Reply, Request, Sequence, State,
    Stop, Task, Wrong,
};

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
        prop::sample::select(&Wrong::ALL[..]).prop_map(Task::Canary),
        any::<u32>().prop_map(|every| Task::Digests { every }),
        any::<u16>().prop_map(|rounds| Task::Measure { rounds }),
    ]
}

fn state() -> impl Strategy<Value = State> {
    (any::<[u32; 3]>(), any::<u8>(), any::<[u32; 16]>()).prop_map(|([pc, sp, _], psw, regs)| State {
        pc,
        sp,
        psw,
        regs,
    })
}

fn stop() -> impl Strategy<Value = Stop> {
    prop_oneof![
        any::<(u8, u8)>().prop_map(|(module, function)| Stop::Svc(module, function)),
        any::<u8>().prop_map(Stop::Break),
        any::<u32>().prop_map(Stop::Returned),
        any::<u8>().prop_map(Stop::Fault),
    ]
}

proptest! {
    #[test]
    fn a_run_of_cases_comes_through(
        sequence: u32, strict: bool, task in task(), numbers: [u32; 4], psw: u8, reg_base: u16, regs: [u32; 16],
        calls in prop::collection::vec(any::<u32>(), 0..5), code in prop::collection::vec(any::<u8>(), 0..600),
        blocks in prop::collection::vec((any::<u32>(), prop::collection::vec(any::<u8>(), 0..300)), 0..4),
        cases in 0usize..4,
    ) {
        let (mut calls_buffer, mut mem_buffer, mut cases_buffer) = ([0; 100], [0; 2000], [0; 12000]);
        let (mut packed_calls, mut packed_mem) = (Packer::new(&mut calls_buffer), Packer::new(&mut mem_buffer));
        calls.iter().for_each(|address| packed_calls.push(address).unwrap());
        blocks.iter().for_each(|(address, bytes)| packed_mem.push(&Block(*address, bytes)).unwrap());
        let [max_steps, pc, sp, stack_limit] = numbers;
        let case = Case {
            task, max_steps, pc, sp, stack_limit, psw, reg_base, regs,
            calls: packed_calls.items(), mem: packed_mem.items(), code: &code,
        };
        let mut packed = Packer::new(&mut cases_buffer);
        (0..cases).for_each(|_| packed.push(&case).unwrap());
        let profile = if strict { Profile::Strict } else { Profile::Reference };
        let request = Request::Run { profile, cases: packed.items() };

        let mut bytes = between_delimiters(&frame(Kind::Request, sequence, &request));
        let got = Frame::decode(&mut bytes).unwrap();
        prop_assert_eq!((got.kind, got.sequence), (Kind::Request, sequence));
        let Request::Run { cases: got, .. } = got.message().unwrap() else { panic!("another request") };
        prop_assert_eq!(got.iter().filter(|got| *got == Ok(case)).count(), cases);
        prop_assert_eq!(got.iter().count(), cases);
        if let Some(Ok(got)) = got.iter().next() {
            let got: Vec<_> = got.mem.iter().map(Result::unwrap).map(|Block(at, bytes)| (at, bytes.to_vec())).collect();
            prop_assert_eq!(got, blocks);
        }
    }

    #[test]
    fn items_come_through(rows: [u32; 20], address: u32, bytes in prop::collection::vec(any::<u8>(), 0..256),
                          digest: u64, ticks: u32, steps: u32, state in state(), stop in prop::option::of(stop())) {
        let items = [
            Item::Row(rows), Item::Call(address), Item::Memory(Block(address, &bytes)), Item::Digest(digest),
            Item::Cost(Cost { ticks, stack: steps, state: address }), Item::End(End { stop, steps, state }),
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
            for case in cases.iter().flatten() {
                let _ = (case.calls.iter().count(), case.mem.iter().count());
            }
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
    assert_eq!(decode(whole(1, 0x51)), Ok(Kind::Request));
    assert_eq!(decode(whole(2, 0x51)), Err(Damage::Version(2)));
    assert_eq!(decode(whole(1, 0x50)), Err(Damage::Kind(0x50)));
    assert_eq!(decode(vec![]), Err(Damage::Stuffing));
    assert_eq!(decode(vec![3, 1, 1]), Err(Damage::Length));
    assert_eq!(decode(vec![9, 1, 1]), Err(Damage::Stuffing));
    let mut changed = whole(1, 0x51);
    changed[1] ^= 2;
    assert_eq!(decode(changed), Err(Damage::Checksum));
}

/// The form of messages is fixed: whatever changes these bytes must raise the version.
#[test]
fn the_form_is_fixed() {
    let hello = Hello { chip: "x", build: &[0xAB], max_frame: 300, max_calls: 2, counter: Counter::SysTick };
    assert_eq!(
        frame(Kind::Request, 1, &Request::Hello),
        [0, 4, 1, 0x51, 1, 1, 1, 1, 5, 0x28, 0x26, 0xA9, 0xC1, 0]
    );
    let bytes = postcard::serialize_with_flavor(
        &Reply::Hello(hello),
        postcard::ser_flavors::Slice::new(&mut [0; 20]),
    )
    .unwrap()
    .to_vec();
    assert_eq!(bytes, [0, 1, b'x', 1, 0xAB, 0xAC, 2, 2, 1]);
    let refusal = Reply::Error(Refusal::Damaged(Damage::Version(9)));
    let bytes = postcard::to_slice(&refusal, &mut [0; 20]).unwrap().to_vec();
    assert_eq!(bytes, [3, 0, 3, 9]);
}
