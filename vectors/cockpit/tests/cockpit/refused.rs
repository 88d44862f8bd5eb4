//! What is no case and no outcome, on our machines and in what others say.

use oracle::Cases;
use oracle::{Answer, Machine};
use rstest::rstest;
use serde_json::{Value, json};
use vectors_cockpit::{Case, Cockpit, HEAD, Outcome};

use crate::project;

/// The case of these keys beside the two that it must have.
fn with(keys: Value) -> Value {
    let mut case = json!({"code": "0100050000000000", "max_steps": 5});
    case.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
    case
}

fn native(case: Value) -> Result<(), String> {
    let case: Case = serde_json::from_value(case).map_err(|error| error.to_string())?;
    Cockpit::check_case(&case)
}

#[rstest]
#[case(json!({"code": "010005"}), "code")]
#[case(json!({"code": "01".repeat(65_540)}), "code")]
#[case(json!({"max_steps": 0}), "max_steps")]
#[case(json!({"max_steps": 1_000_001}), "max_steps")]
#[case(json!({"pc": 3}), "pc")]
#[case(json!({"stack": vec![0; 1024]}), "stack")]
#[case(json!({"globals": [[64, 1]]}), "globals")]
#[case(json!({"globals": [[1, 1], [1, 2]]}), "globals")]
#[case(json!({"arrays": [[16, [1]]]}), "arrays")]
#[case(json!({"arrays": [[1, []]]}), "arrays")]
#[case(json!({"arrays": [[1, vec![0; 65]]]}), "arrays")]
#[case(json!({"strings": vec![""; 33]}), "strings")]
#[case(json!({"strings": ["x".repeat(128)]}), "strings")]
#[case(json!({"strings": ["\0"]}), "strings")]
#[case(json!({"strings": ["\u{80}"]}), "strings")]
#[case(json!({"pins": [[20, 1]]}), "pins")]
#[case(json!({"digital": [[0, 2]]}), "digital")]
#[case(json!({"analog": [[20, 2]]}), "analog")]
#[case(json!({"buttons": [[3, 1], [3, 1]]}), "buttons")]
#[case(json!({"buttons": [[3, 2]]}), "buttons")]
fn a_case_that_breaks_a_limit_is_refused_by_both(#[case] keys: Value, #[case] named: &str) {
    let case = with(keys);
    let why = native(case.clone()).unwrap_err();
    assert!(why.contains(named), "{why}");
    let case: Case = serde_json::from_value(case).unwrap();
    let mut model = oracle::machines::python::model::<Cockpit>(&project()).unwrap();
    let answers = Machine::<Cockpit>::run(&mut model, HEAD, &[case]);
    let reason = answers[0].reason().unwrap_or_default();
    assert!(matches!(answers[0], Answer::Broken(_)) && reason.contains(named), "{answers:?}");
}

#[rstest]
#[case(json!({"speed": 1}))]
#[case(json!({"max_steps": true}))]
#[case(json!({"max_steps": 1.0}))]
#[case(json!({"stack": [2_147_483_648i64]}))]
#[case(json!({"pins": [[1, 256]]}))]
#[case(json!({"pins": [[1]]}))]
#[case(json!({"analog": [[1, 65_536]]}))]
#[case(json!({"millis": -1}))]
#[case(json!({"code": "0G000000"}))]
fn what_has_not_the_form_of_a_case_is_refused(#[case] keys: Value) {
    assert!(native(with(keys)).is_err());
}

#[rstest]
#[case(json!({"steps": 3}))]
#[case(json!({"stop": {"kind": "budget"}, "steps": 1}))]
#[case(json!({"stop": {"kind": "end"}}))]
#[case(json!({"stop": {"kind": "error", "error": "invalid_jump"}, "steps": 2}))]
#[case(json!({"steps": 0}))]
#[case(json!({"globals": [[2, 1], [1, 1]]}))]
#[case(json!({"globals": [[2, 0]]}))]
#[case(json!({"arrays": [[2, []]]}))]
#[case(json!({"pins": [[20, 1]]}))]
#[case(json!({"calls": [{"call": "print", "text": "\u{100}"}]}))]
#[case(json!({"calls": [{"call": "pin_mode", "pin": 20, "mode": 1}]}))]
#[case(json!({"calls": [{"call": "led_morse", "string": 32}]}))]
fn an_outcome_that_can_not_be_is_not_believed(#[case] keys: Value) {
    let case: Case = serde_json::from_value(json!({"code": "0100050000000000", "max_steps": 2})).unwrap();
    let mut outcome = json!({
        "stop": {"kind": "halt"}, "steps": 2, "pc": 1, "stack": [5], "globals": [], "arrays": [], "pins": [], "calls": [],
    });
    let right: Outcome = serde_json::from_value(outcome.clone()).unwrap();
    assert_eq!(Cockpit::check_outcome(&case, &right), Ok(()));
    outcome.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
    let wrong: Outcome = serde_json::from_value(outcome).unwrap();
    assert!(Cockpit::check_outcome(&case, &wrong).is_err());
}
