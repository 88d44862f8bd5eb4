//! What is written is read again, and its form does not change by accident.

use cockpit::{Error, State};
use oracle_sequence::{Packer, Sequence, read};
use proptest::prelude::*;
use vectors_cockpit_wire::*;

fn written(value: &impl serde::Serialize) -> Vec<u8> {
    postcard::to_slice(value, &mut [0; 9000]).expect("it fits").to_vec()
}

proptest! {
    #[test]
    fn a_case_comes_through(
        numbers: [u32; 4], stack in prop::collection::vec(any::<i32>(), 0..200),
        globals in prop::collection::vec(any::<(u8, i32)>(), 0..9), analog in prop::collection::vec(any::<(u8, u16)>(), 0..9),
        strings in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..5),
        code in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let mut buffers = [[0; 2000]; 4];
        let [a, b, c, cells] = &mut buffers;
        let (mut packed_globals, mut packed_analog, mut packed_strings) = (Packer::new(a), Packer::new(b), Packer::new(c));
        globals.iter().for_each(|entry| packed_globals.push(entry).unwrap());
        analog.iter().for_each(|entry| packed_analog.push(entry).unwrap());
        strings.iter().for_each(|text| packed_strings.push(&Text(text)).unwrap());
        let [max_steps, pc, millis, micros] = numbers;
        let nothing = Sequence::default();
        let case = Case {
            max_steps, pc, millis, micros, stack: write_cells(&stack, cells), globals: packed_globals.items(),
            arrays: Sequence::default(), strings: packed_strings.items(), pins: nothing, digital: nothing,
            analog: packed_analog.items(), buttons: nothing, code: &code,
        };
        let bytes = written(&case);
        let got: Case<'_> = read(&bytes).unwrap();
        prop_assert_eq!(got, case);
        prop_assert_eq!(read_cells(got.stack).collect::<Vec<_>>(), stack);
        prop_assert_eq!(got.globals.iter().collect::<Result<Vec<_>, _>>().unwrap(), globals);
        prop_assert_eq!(got.analog.iter().collect::<Result<Vec<_>, _>>().unwrap(), analog);
        let got: Vec<Vec<u8>> = got.strings.iter().map(|text| text.unwrap().0.to_vec()).collect();
        prop_assert_eq!(got, strings);
    }

    #[test]
    fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(case) = read::<Case<'_>>(&bytes) {
            let _ = (case.globals.iter().count(), case.arrays.iter().count(), case.strings.iter().count());
        }
        let _ = (read::<Item<'_>>(&bytes).is_ok(), read::<End>(&bytes).is_ok());
    }
}

#[test]
fn every_stop_comes_back() {
    for &error in Error::ALL {
        let stop = cockpit::Stop::Error { check: cockpit::Check::Exists, error };
        assert_eq!(Stop::of(stop).error(), Some(error));
    }
    assert_eq!([Stop::of(cockpit::Stop::Halt), Stop::of(cockpit::Stop::End)], [Stop::Halt, Stop::End]);
    assert_eq!([Stop::Halt.error(), Stop::Error(Error::ALL.len() as u8).error()], [None, None]);
}

#[test]
fn a_number_is_that_of_its_name() {
    assert!(Profile::ALL.iter().all(|it| Profile::of(it.number()) == Some(*it)));
    assert!(Canary::ALL.iter().all(|it| Canary::of(it.number()) == Some(*it)));
    assert!(Limit::ALL.iter().all(|it| Limit::of(it.number()) == Some(*it)));
    assert_eq!([Profile::of(2), Profile::of(255)], [None, None]);
}

/// The form is fixed: whatever changes these bytes is meant to.
#[test]
fn the_form_is_fixed() {
    let nothing = Sequence::default();
    let case = Case {
        max_steps: 300,
        pc: 4,
        millis: 1,
        micros: 2,
        stack: &[5, 0, 0, 0],
        globals: Sequence::of_bytes(&[63, 1]),
        arrays: Sequence::of_bytes(&[2, 4, 7, 0, 0, 0]),
        strings: Sequence::of_bytes(&[1, b'x']),
        pins: nothing,
        digital: nothing,
        analog: Sequence::default(),
        buttons: nothing,
        code: &[1, 0, 9, 0],
    };
    let bytes = [
        &[0xAC, 2, 4, 1, 2][..],
        &[4, 5, 0, 0, 0],
        &[2, 63, 1],
        &[6, 2, 4, 7, 0, 0, 0],
        &[2, 1, b'x'],
        &[0, 0, 0, 0],
        &[4, 1, 0, 9, 0],
    ];
    assert_eq!(written(&case), bytes.concat());
    assert_eq!(written(&End { stop: Some(Stop::Error(2)), pc: 9 }), [1, 2, 2, 9]);
    assert_eq!(written(&Item::Array(2, &[7, 0, 0, 0])), [2, 2, 4, 7, 0, 0, 0]);
    assert_eq!(written(&Item::Call(Call::Print(b"hi"))), [4, 4, 2, b'h', b'i']);
}

#[test]
fn a_digest_is_of_everything() {
    let of = |change: &dyn Fn(&mut State)| {
        let mut state = State::new();
        change(&mut state);
        digest(0, &state, Outside::default())
    };
    let mut outside = Outside::default();
    outside.add(&Call::Delay(1));
    let others = [
        of(&|_| {}),
        of(&|state| state.pc = 1),
        of(&|state| state.globals[5] = 1),
        of(&|state| state.pins[5] = 1),
        of(&|state| state.stack.push(0).unwrap()),
        of(&|state| state.stack.push(1).unwrap()),
        of(&|state| assert!(state.arrays.create(0, 1).is_ok())),
        of(&|state| assert!(state.arrays.create(0, 2).is_ok())),
        of(&|state| assert!(state.arrays.create(1, 1).is_ok())),
        digest(1, &State::new(), Outside::default()),
        digest(0, &State::new(), outside),
    ];
    assert_eq!(of(&|_| {}), others[0], "the same state, the same digest");
    for (at, one) in others.iter().enumerate() {
        assert!(!others[..at].contains(one), "digest {at} is that of another state");
    }
    let mut longest = Outside::default();
    longest.add(&Call::Print(&[b'x'; 255]));
    let mut other = Outside::default();
    other.add(&Call::Print(&[b'y'; 255]));
    assert_ne!(longest, other, "even the longest text is told from another");
}
