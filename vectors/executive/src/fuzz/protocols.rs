//! Any bytes from several clients: each line is answered, nothing panics, and when all are gone nothing of them is left.

use minivm::asm::assemble;
use minivm::hxe;
use oracle::fuzz::{Bench, Complaint, Rng, Target, Use};
use oracle::project::Project;
use remote::core::{Protocol, serve};
use remote::exec;
use remote::host::{Folder, Reading, Rooms, Setup};
use remote::limits::Limits;
use remote::parsing::Commands;
use remote::vm;

use super::talk::{LINE, Talk};

/// Programs: one that comes to its end through mailboxes, sleep and values, and one that never does.
const PROGRAMS: [(&str, &str); 2] = [
    (
        "a.hxe",
        ".data\nbox: .asciz \"app:box\"\n.text\nLDI R1, 1\nLDI32 R2, box\nLDI R3, 3\nSVC MOD=4 FN=2\n\
         LDI32 R1, box\nSVC MOD=5 FN=0\nLDI32 R2, 0x3000\nLDI R3, 32\nLDI R4, 20\nLDI R5, 0\nSVC MOD=5 FN=3\n\
         LDI R0, 20\nSVC MOD=6 FN=0\nRET",
    ),
    (
        "b.hxe",
        ".text\nagain: PUSH R7\nMOV R7, R15\nCALL f\nPOP R7\nJMP again\nf: LDI32 R1, 0x2000\nST [R1+0], R2\n\
         LDI R3, 1\nADD R2, R2, R3\nBRK 1\nRET",
    ),
];
/// Values of keys that requests are made of.
const KEYS: &[(&str, &[&str])] = &[
    ("pid", &["1", "2", "0", "\"1\"", "[1,2]", "null", "65536"]),
    ("path", &["\"a.hxe\"", "\"b.hxe\"", "\"../a\"", "\"s.sym\""]),
    ("steps", &["1", "20", "300", "-1", "1e9"]),
    (
        "op",
        &[
            "\"start\"",
            "\"stop\"",
            "\"add\"",
            "\"set\"",
            "\"list\"",
            "\"bp\"",
            "\"cont\"",
            "\"step\"",
            "\"rate\"",
            "\"attach\"",
            "\"records\"",
            "\"break\"",
        ],
    ),
    ("action", &["\"add\"", "\"remove\""]),
    ("addr", &["0", "8", "\"0x2000\"", "65535"]),
    ("address", &["8", "12"]),
    ("length", &["4", "70000"]),
    ("data", &["\"0102\"", "\"hello\""]),
    ("target", &["\"app:box\"", "\"svc:stdio.out@1\"", "\"pid:1\"", "\"shared:x\""]),
    ("handle", &["1", "2", "9"]),
    ("mode", &["3", "11", "\"on\"", "\"drop\""]),
    ("reg", &["3", "16"]),
    ("value", &["2.5", "\"nan\"", "7"]),
    ("oid", &["257"]),
    ("rate", &["0", "50"]),
    ("expr", &["8192", "\"counter\""]),
    ("session", &["\"x\""]),
    ("filters", &["{}", "{\"categories\":[\"task_state\"]}", "{\"since_seq\":0}"]),
    ("seq", &["1", "9"]),
    ("stream", &["\"out\"", "\"all\""]),
];

struct Protocols {
    protocol: Protocol,
    rooms: Box<Rooms>,
    setup: Setup,
    names: &'static [&'static str],
    seed: &'static str,
}

/// The target of the VM server's protocol.
pub fn vm(_: &Bench) -> Box<dyn Target> {
    let seed = concat!(
        r#"{"version":1,"cmd":"attach"}"#,
        "\n",
        r#"{"cmd":"load","path":"a.hxe"}"#,
        "\n",
        r#"{"cmd":"load","path":"b.hxe"}"#,
        "\n",
        r#"{"cmd":"step","steps":30}"#,
        "\n\0",
        r#"{"cmd":"ps"}"#,
        "\n",
        r#"{"cmd":"dbg","op":"bp","action":"add","addr":8,"pid":2}"#,
        "\n",
        r#"{"cmd":"step","steps":99}"#,
        "\n\0",
        r#"{"cmd":"resume","pid":2}"#,
        "\n",
        r#"{"cmd":"mailbox_open","target":"app:box"}"#,
        "\n",
        r#"{"cmd":"kill","pid":1}"#,
        "\n",
    );
    Box::new(Protocols::new(Protocol::Vm, vm::Request::NAMES, seed))
}

/// The target of the executive's protocol.
pub fn executive(_: &Bench) -> Box<dyn Target> {
    let seed = concat!(
        r#"{"cmd":"session.open","pid_lock":1}"#,
        "\n",
        r#"{"cmd":"load","path":"a.hxe"}"#,
        "\n",
        r#"{"cmd":"load","path":"b.hxe"}"#,
        "\n\0",
        r#"{"cmd":"clock","op":"start"}"#,
        "\n",
        r#"{"cmd":"bp","op":"set","pid":2,"addr":8}"#,
        "\n\0",
        r#"{"cmd":"ps"}"#,
        "\n",
        r#"{"cmd":"watch","op":"add","pid":2,"expr":8192}"#,
        "\n",
        r#"{"cmd":"stack","pid":2}"#,
        "\n\0",
        r#"{"cmd":"disasm","pid":2}"#,
        "\n",
        r#"{"cmd":"restart"}"#,
        "\n",
    );
    Box::new(Protocols::new(Protocol::Executive, exec::Request::NAMES, seed))
}

impl Protocols {
    fn new(protocol: Protocol, names: &'static [&'static str], seed: &'static str) -> Self {
        let image = |(name, source): (&str, &str)| {
            let program = assemble(source).unwrap_or_else(|why| panic!("{name}: {why}"));
            (name.to_owned(), hxe::write(&program.into()))
        };
        let symbols = r#"{"symbols":{"functions":[{"name":"f","address":24}],"variables":[{"name":"counter","address":8192}]}}"#;
        let files = PROGRAMS.into_iter().map(image).chain([("s.sym".to_owned(), symbols.into())]);
        let limits = Limits {
            line: LINE,
            steps: 1000,
            events: 64,
            sessions: 4,
            held: 4,
            mailboxes: 4,
            ..Limits::default()
        };
        let setup = Setup {
            reading: Reading::Strict,
            folder: Folder::of_files(files),
            limits,
            pin: Some("1234".into()),
        };
        Protocols { protocol, rooms: Box::default(), setup, names, seed }
    }

    /// A request that may make sense.
    fn request(&self, rng: &mut Rng) -> String {
        let name = rng.choice(self.names).copied().unwrap_or_default();
        let mut request = format!("{{\"cmd\":\"{name}\"");
        for (key, values) in KEYS {
            if rng.u8(..) < 96 {
                let value = rng.choice(*values).copied().unwrap_or_default();
                request.push_str(&format!(",\"{key}\":{value}"));
            }
        }
        request + "}\n"
    }
}

impl Target for Protocols {
    fn useful_means(&self) -> &'static str {
        "a request succeeds"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        self.setup.reading = if input.len().is_multiple_of(2) { Reading::Strict } else { Reading::Reference };
        let mut talk = Talk::new(input, self.protocol);
        serve(&self.setup, &mut self.rooms, &mut talk);
        Ok(Use::from(talk.end()? > 0))
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        let ends: Vec<usize> =
            (0..input.len()).filter(|&at| input[at] == b'\n').map(|at| at + 1).chain([0]).collect();
        let at = rng.choice(&ends).copied().unwrap_or(0);
        match rng.u8(..8) {
            0 | 1 => basic(input),
            2 => input.insert(at, 0),
            3 => {
                let end = ends.iter().copied().filter(|&end| end > at).min().unwrap_or(at);
                drop(input.drain(at..end));
            }
            _ => drop(input.splice(at..at, self.request(rng).into_bytes()).collect::<Vec<_>>()),
        }
    }

    fn seeds(&self, _: &Project) -> Result<Vec<Vec<u8>>, String> {
        Ok(vec![self.seed.into(), b"{\"cmd\":\"ping\"}\n".into(), b"[]\n{bad\n".into()])
    }
}
