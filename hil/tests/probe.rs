//! The link through a debug probe, as far as that goes without one.
#![cfg(feature = "probe")]

use hil::links::probe::Board;
use probe_rs::config::Registry;
use probe_rs::integration::FakeProbe;
use probe_rs::probe::Probe;

#[test]
fn probe_rs_knows_the_chips_with_the_memory_that_the_firmware_uses() {
    let registry = Registry::from_builtin_families();
    for chip in hil::firmware::CHIPS {
        let target = registry.get_target_by_name(chip.part).expect(chip.name);
        // The kinds of RAM of a chip may be regions of their own, side by side.
        let known = |address: u64| target.memory_map.iter().any(|region| region.contains(address));
        let covers = |start: u64, kib: u64| (0..kib).all(|number| known(start + number * 1024));
        assert!(covers(0x0800_0000, 512), "{}: flash", chip.name);
        assert!(covers(0x2000_0000, 96), "{}: RAM", chip.name);
    }
}

#[test]
fn what_is_wrong_is_said() {
    let error =
        |selector| Board::attach("STM32F405RGTx", selector, None).err().expect("there is no such probe");
    assert!(error(Some("rubbish")).contains("selector"), "{}", error(Some("rubbish")));
    assert!(error(Some("1234:5678")).to_lowercase().contains("probe"), "{}", error(Some("1234:5678")));
}

#[test]
fn a_chip_without_firmware_is_said_to_have_none() {
    let probe = Probe::from_specific_probe(Box::new(FakeProbe::with_mocked_core()));
    let error = Board::with_probe(probe, "nrf51822_xxAA", None).err().expect("nothing runs on it");
    assert!(error.starts_with("the firmware has no RTT"), "{error}");
}
