//! Changing and simplifying JSON values without knowing what they mean.

use oracle::fuzz::mutation::{self, nudged};
use oracle::hex;
use oracle::random::{Rng, one_in, pick};
use serde_json::Value;

/// Changes one value somewhere in it.
pub fn change(value: &mut Value, rng: &mut Rng) {
    let at = rng.usize(..count(value));
    let Some(place) = nth(value, at) else { return };
    match place {
        Value::Null => *place = Value::from(rng.u8(..)),
        Value::Bool(set) => *set = !*set,
        Value::Number(number) => {
            let old = number.as_i64().unwrap_or_default();
            let new = i64::from(nudged(rng, old as u32));
            *place = if one_in(rng, 16) { Value::from(-new) } else { Value::from(new) };
        }
        Value::String(text) => change_text(text, rng),
        Value::Array(items) => change_items(items, rng),
        Value::Object(members) => {
            let keys: Vec<String> = members.keys().cloned().collect();
            if !keys.is_empty() {
                members.remove(&pick(rng, &keys));
            }
        }
    }
}

fn change_items(items: &mut Vec<Value>, rng: &mut Rng) {
    if items.is_empty() {
        return items.push(Value::from(rng.u8(..)));
    }
    let (at, to) = (rng.usize(..items.len()), rng.usize(..items.len()));
    match rng.u8(..3) {
        0 => drop(items.remove(at)),
        1 => items.swap(at, to),
        _ => items.insert(to, items[at].clone()),
    }
}

/// Bytes in hex stay bytes in hex.
fn change_text(text: &mut String, rng: &mut Rng) {
    let decoded = hex::decode(text).ok();
    let mut bytes = decoded.clone().unwrap_or_else(|| text.clone().into_bytes());
    mutation::bytes(rng, &mut bytes);
    *text = match decoded {
        Some(_) => hex::encode(&bytes),
        None => String::from_utf8_lossy(&bytes).into_owned(),
    };
}

/// Puts a piece of `other` at the place that it has there, or something like that place.
pub fn splice(value: &mut Value, other: &Value, rng: &mut Rng) {
    match (value, other) {
        (Value::Object(own), Value::Object(others)) if !others.is_empty() && !one_in(rng, 8) => {
            let keys: Vec<&String> = others.keys().collect();
            let key = pick(rng, &keys);
            match own.get_mut(key) {
                Some(inside) => splice(inside, &others[key], rng),
                None => drop(own.insert(key.clone(), others[key].clone())),
            }
        }
        (Value::Array(own), Value::Array(others)) if !others.is_empty() && !one_in(rng, 8) => {
            let piece = &others[rng.usize(..others.len())];
            let at = rng.usize(..=own.len());
            match own.get_mut(at) {
                Some(inside) if rng.bool() => splice(inside, piece, rng),
                _ => own.insert(at, piece.clone()),
            }
        }
        (value, other) => *value = other.clone(),
    }
}

/// The values in it, itself included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// The value of this position, itself being the first.
fn nth(value: &mut Value, mut at: usize) -> Option<&mut Value> {
    if at == 0 {
        return Some(value);
    }
    at -= 1;
    let inside: Vec<&mut Value> = match value {
        Value::Array(items) => items.iter_mut().collect(),
        Value::Object(members) => members.values_mut().collect(),
        _ => return None,
    };
    for inner in inside {
        let size = count(inner);
        if at < size {
            return nth(inner, at);
        }
        at -= size;
    }
    None
}

/// Values like this one with less in them, the boldest first: members, items and halves of texts dropped, smaller
/// numbers.
pub fn simpler(value: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    for at in 0..count(value) {
        let mut copy = value.clone();
        let plainer = nth(&mut copy, at).map_or_else(Vec::new, |place| plainer(place));
        found.extend(plainer.into_iter().filter_map(|plainer| {
            let mut copy = value.clone();
            *nth(&mut copy, at)? = plainer;
            Some(copy)
        }));
    }
    found
}

fn plainer(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(true) => vec![Value::from(false)],
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or_default();
            let plainer = [0, number / 2, number - number.signum()].map(Value::from);
            plainer.into_iter().filter(|_| number != 0).collect()
        }
        Value::String(text) => {
            // Two digits are a byte in most texts that are long.
            let halves = std::iter::successors(Some((text.len() / 2) & !1), |size| Some(size / 2));
            let sizes = halves.take_while(|&size| size > 0).chain((!text.is_empty()).then_some(1));
            let without = |size: usize| {
                let starts = (0..text.len()).step_by(size).rev();
                starts.filter_map(move |start| {
                    let end = (start + size).min(text.len());
                    Some(Value::from([text.get(..start)?, text.get(end..)?].concat()))
                })
            };
            sizes.flat_map(without).take(200).collect()
        }
        Value::Array(items) => {
            let without = |at: usize| [&items[..at], &items[at + 1..]].concat();
            (0..items.len()).rev().map(|at| Value::from(without(at))).collect()
        }
        Value::Object(members) => {
            let without = |key: &String| {
                let mut fewer = members.clone();
                fewer.remove(key);
                Value::from(fewer)
            };
            members.keys().map(without).collect()
        }
        Value::Null | Value::Bool(false) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use oracle::fuzz::simpler::simplest;
    use serde_json::json;

    use super::*;

    #[test]
    fn bytes_stay_bytes() {
        let mut rng = Rng::with_seed(1);
        for _ in 0..200 {
            let mut value = json!({"code": "30000101"});
            change(&mut value, &mut rng);
            if let Some(code) = value.get("code").and_then(Value::as_str) {
                assert!(hex::decode(code).is_ok(), "{code}");
            }
        }
    }

    #[test]
    fn a_piece_comes_to_its_own_place() {
        let mut rng = Rng::with_seed(1);
        let other = json!({"steps": 7, "calls": [{"op": "open"}]});
        for _ in 0..200 {
            let mut value = json!({"steps": 1, "calls": []});
            splice(&mut value, &other, &mut rng);
            assert!([json!(1), json!(7)].contains(&value["steps"]), "{value}");
            assert!([json!([]), other["calls"].clone()].contains(&value["calls"]), "{value}");
        }
    }

    #[test]
    fn what_matters_stays_and_all_else_goes() {
        let value = json!({"a": 300, "code": "iidiii", "calls": [1, 2, 77, 4], "note": {"b": true}});
        let bytes = |value: &Value| value.to_string().into_bytes();
        let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
        let mut shows = |input: &[u8]| {
            let value = read(input);
            value["a"].as_i64().is_some_and(|a| a > 20)
                && value["code"].as_str().is_some_and(|code| code.contains('d'))
                && value["calls"].as_array().is_some_and(|calls| calls.contains(&json!(77)))
        };
        let simplify = |input: &[u8]| simpler(&read(input)).iter().map(bytes).collect();
        let small = simplest(bytes(&value), &simplify, &mut shows);
        assert_eq!(read(&small), json!({"a": 21, "code": "d", "calls": [77]}));
    }
}
