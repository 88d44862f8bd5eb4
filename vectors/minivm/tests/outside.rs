//! Numbers of an outcome that are out of the range of their fields are differences of these fields.

use oracle::outside::read;
use rstest::rstest;
use serde_json::{Value as Json, json};
use vectors_minivm::{Case, MiniVm, NativeVm};

use oracle::machine::run_one;
use oracle::subject::Cases;
use oracle::{Answer, Machine};

/// What the native machine says to a program of these words.
fn outcome(code: &str) -> (Case, Json) {
    let case: Case = serde_json::from_value(json!({"code": code, "max_steps": 1})).unwrap();
    let mut machine = NativeVm::default();
    let machine: &mut dyn Machine<MiniVm> = &mut machine;
    let Answer::Outcome(outcome) = run_one(machine, MiniVm::PROFILES[0], &case) else { panic!("{code}") };
    (case, serde_json::to_value(outcome).unwrap())
}

#[rstest]
#[case::registers_are_signed("01100800", "/regs/1", json!(-2048), "r1", "-2048")]
#[case::registers_have_64_bits("01100005", "/regs/1", json!(0x1_0000_0005_u64), "r1", "4294967301")]
#[case::registers_have_more("01100005", "/regs/1", json!(1e30), "r1", "1e+30")]
#[case::a_code_has_12_bits("7f000fff", "/stop/code", json!(0xFFF), "stop", "stop.code: 4095")]
#[case::psw_has_16_bits("01100005", "/psw", json!(0x100), "psw", "256")]
#[case::sp_is_signed("01100005", "/sp", json!(-4), "sp", "-4")]
fn a_number_out_of_range_differs_in_its_field(
    #[case] code: &str,
    #[case] place: &str,
    #[case] said: Json,
    #[case] field: &str,
    #[case] shown: &str,
) {
    let (case, mut json) = outcome(code);
    let expected = serde_json::from_value(json.clone()).unwrap();
    *json.pointer_mut(place).unwrap() = said;
    let outside = read::<MiniVm>(&case, &json.to_string()).unwrap_or_else(|| panic!("{json}"));
    let differences = Answer::Outside(Box::new(outside)).differences::<MiniVm>(&case, &expected).unwrap();
    let found: Vec<(String, String)> =
        differences.iter().map(|it| (it.path.to_string(), it.got_text())).collect();
    assert!(found.contains(&(field.into(), shown.into())), "{found:?}");
}

/// What has another form is no value of a field.
#[rstest]
#[case("/regs", json!([1, 2]))]
#[case("/regs/1", json!("-1"))]
#[case("/regs/1", json!(1.5))]
#[case("/stop", json!({"kind": "break", "cod": 4095}))]
#[case("/psw", Json::Null)]
fn what_has_another_form_is_none(#[case] place: &str, #[case] said: Json) {
    let (case, mut json) = outcome("7f000001");
    *json.pointer_mut(place).unwrap() = said;
    assert_eq!(read::<MiniVm>(&case, &json.to_string()), None);
}
