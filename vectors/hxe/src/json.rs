//! JSON of mailboxes that few readers of JSON agree on: integers beyond 64 bits, and objects and lists that nest deeply.

use itertools::iproduct;

/// How deep: around a usual limit, around what Python 3.11 copies and reads, and beyond.
pub const DEPTHS: [usize; 19] =
    [1, 126, 127, 128, 129, 200, 486, 487, 488, 489, 490, 491, 492, 493, 988, 989, 990, 991, 992];

/// What opens and closes a level.
pub const BRACKETS: [(&str, &str); 2] = [("[", "]"), ("{\"a\":", "}")];

/// What is inside everything.
pub const CORES: [&str; 4] = ["1", "[]", "{}", "\"}{][\""];

/// What is around the levels: a member of a mailbox or of its bindings that nobody reads, of the document, or nothing.
pub const PLACES: [(&str, &str); 5] = [
    ("[{\"name\":\"a\",\"unread\":", "}]"),
    ("{\"mailboxes\":[{\"name\":\"a\",\"reserved\":", "}]}"),
    ("[{\"name\":\"a\",\"bindings\":[{\"pid\":1,\"unread\":", "}]}]"),
    ("{\"unread\":", ",\"mailboxes\":[{\"name\":\"a\"}]}"),
    ("", ""),
];

/// A document with `depth` levels around `core`.
pub fn nested(
    depth: usize,
    (open, close): (&str, &str),
    (before, behind): (&str, &str),
    core: &str,
) -> String {
    [before, &open.repeat(depth), core, &close.repeat(depth), behind].concat()
}

/// A list of one mailbox that has `value` as this member; in `bindings` as PID and as flags.
pub fn mailbox_with(member: &str, value: &str) -> String {
    match member {
        "bindings" => format!("[{{\"name\":\"a\",\"bindings\":[{{\"pid\":{value},\"flags\":{value}}}]}}]"),
        _ => format!("[{{\"name\":\"a\",\"{member}\":{value}}}]"),
    }
}

/// Integers of many sizes, in all ways of writing one.
pub fn integers() -> impl Iterator<Item = String> + Send {
    let powers =
        [63, 64].into_iter().flat_map(|bits| [-1_i128, 0, 1].map(|by| ((1_i128 << bits) + by).to_string()));
    let long = [19, 20, 21, 40, 309, 310, 4299, 4300, 4301, 9000]
        .into_iter()
        .flat_map(|digits| ["1", "9"].map(|digit| digit.repeat(digits)));
    let padded = [4299, 4300].map(|zeros| format!("{}7", "0".repeat(zeros)));
    let ways = [
        ("", ""),
        ("-", ""),
        ("\"", "\""),
        ("\"-", "\""),
        ("\" +", "_0 \""),
        ("", ".5"),
        ("-", "e0"),
        ("", "E-3"),
    ];
    let written = iproduct!(powers.chain(long), ways)
        .map(|(digits, (before, behind))| [before, &digits, behind].concat());
    let texts = padded.map(|digits| format!("\"{digits}\""));
    let others = [
        "1e18",
        "1e19",
        "-1e19",
        "1e22",
        "1e23",
        "12345678901234567890e4",
        "1.7976931348623157e308",
        "-1.7976931348623157e308",
        "1e309",
        "-1e400",
        "1e-400",
        "-0",
        "-0.0",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "+1",
        "NaN",
        "-NaN",
        "Infinity",
        "-Infinity",
        "\"\\u0661\\u06f2\"",
        "\"-\\ud835\\udfd7\\u0966\"",
        "\"\\u00b2\"",
        "\"\\u2003 8\\u0085\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"wr\\u0131teonly\"",
    ];
    written.chain(texts).chain(others.map(str::to_owned))
}
