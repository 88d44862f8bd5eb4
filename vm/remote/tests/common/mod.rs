//! A server with clients, on sockets of its own, and images for it.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use minivm::asm::assemble;
use minivm::hxe::{self, ImageParts};
use remote::core::Protocol;
use remote::host::{Folder, Reading, Setup};
use remote::limits::Limits;
use remote::net::Server;
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// A task that writes "hi" to its output, waits for a message in `app:box`, and returns 5.
pub const ALPHA: &str = r#"
.data
hi: .ascii "hi"
box: .asciz "app:box"
.text
LDI R1, 1
LDI32 R2, hi
LDI R3, 2
SVC MOD=4 FN=2
LDI32 R1, box
SVC MOD=5 FN=0
LDI32 R2, 0x3000
LDI R3, 32
LDI32 R4, 0xFFFF
LDI R5, 0
SVC MOD=5 FN=3
LDI R0, 5
RET
"#;

/// A task that counts down from 20, sends "ping" to `app:box`, and begins again. Its inner loop begins at 24.
pub const BETA: &str = r#"
.data
box: .asciz "app:box"
msg: .ascii "ping"
.text
LDI32 R1, box
SVC MOD=5 FN=0
MOV R7, R1
again: LDI R6, 20
LDI R5, 1
down: SUB R6, R6, R5
JNZ down
MOV R1, R7
LDI32 R2, msg
LDI R3, 4
LDI R4, 1
LDI R5, 2
SVC MOD=5 FN=2
JMP again
"#;

/// What an image declares, beside its program.
#[derive(Default)]
pub struct Declares<'t> {
    /// Type, number of entries, bytes.
    pub sections: Vec<(u32, u32, Vec<u8>)>,
    pub name: &'t str,
    pub alone: bool,
}

pub fn image(source: &str, declares: Declares<'_>) -> Vec<u8> {
    let Declares { sections, name, alone } = declares;
    let flags = if alone { 0 } else { 2 };
    let program = assemble(source).unwrap();
    let parts = ImageParts { version: 2, flags, sections, app_name: name.into(), ..program.into() };
    hxe::write(&parts)
}

/// A value 1:1 "temp", a command 1:1 "reset", a mailbox `app:telemetry`.
pub fn metadata() -> Vec<(u32, u32, Vec<u8>)> {
    let half = |value: u16| value.to_be_bytes();
    let value = [
        &[1, 1, 0, 0][..],
        &[0x3E00, 20, 25, 0x3800, 0xC900, 0x4900, 7, 30].map(half).concat(),
        b"temp\0degC\0grp\0",
    ];
    let command = [&[1, 1, 2, 0, 0, 0, 0, 0][..], &[16, 22, 0, 0].map(half).concat(), b"reset\0Reset it\0"];
    let mailbox = br#"[{"target":"app:telemetry","capacity":96,"mode_mask":3}]"#;
    vec![(1, 1, value.concat()), (2, 1, command.concat()), (3, 1, mailbox.to_vec())]
}

/// A folder of a test, empty.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _new = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder.canonicalize().unwrap()
}

/// The two programs, as files.
pub fn write_images(folder: &Path) {
    let alpha = Declares { sections: metadata(), name: "alpha", ..Declares::default() };
    fs::write(folder.join("alpha.hxe"), image(ALPHA, alpha)).unwrap();
    fs::write(folder.join("beta.hxe"), image(BETA, Declares { name: "beta", ..Declares::default() }))
        .unwrap();
}

/// A server on a thread of its own.
pub struct Running {
    pub addresses: Vec<SocketAddr>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub fn start(folder: &Path, reading: Reading, limits: Limits) -> Self {
        let setup = Setup { reading, folder: Folder::new(folder).unwrap(), limits, pin: Some("1234".into()) };
        let (end, ended) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let places =
                    [Protocol::Vm, Protocol::Executive].map(|protocol| ("127.0.0.1:0".to_owned(), protocol));
                let server = Server::bind(setup, &places).await.unwrap();
                tell.send(server.addresses().unwrap()).unwrap();
                server.serve(async { drop(ended.await) }, |_| {}).await;
            });
        });
        Running { addresses: told.recv().unwrap(), end: Some(end), thread: Some(thread) }
    }

    pub fn vm(&self) -> Client {
        Client::connect(self.addresses[0])
    }

    pub fn executive(&self) -> Client {
        Client::connect(self.addresses[1])
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Tells it to end, and waits until it has.
    pub fn end(&mut self) {
        if let Some(end) = self.end.take() {
            let _there = end.send(());
        }
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// A client that waits for each reply.
pub struct Client {
    pub stream: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Client {
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Client { reader: BufReader::new(stream.try_clone().unwrap()), stream }
    }

    /// The next line that comes; nothing if the server has closed the connection.
    pub fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        (self.reader.read_line(&mut line).ok()? > 0).then_some(line)
    }

    pub fn send(&mut self, line: &[u8]) -> Value {
        self.stream.write_all(&[line, b"\n"].concat()).unwrap();
        serde_json::from_str(&self.line().expect("a reply")).unwrap()
    }

    /// The reply to a request, whatever it is.
    pub fn ask(&mut self, request: Value) -> Value {
        self.send(request.to_string().as_bytes())
    }

    /// The reply to a request that succeeds.
    #[track_caller]
    pub fn ok(&mut self, request: Value) -> Value {
        let reply = self.ask(request.clone());
        assert_eq!(reply["status"], "ok", "{request}: {reply}");
        reply
    }

    /// Why a request is refused.
    #[track_caller]
    pub fn error(&mut self, request: Value) -> String {
        let reply = self.ask(request.clone());
        assert_eq!(reply["status"], "error", "{request}: {reply}");
        reply["error"].as_str().unwrap().to_owned()
    }

    pub fn load(&mut self, path: &str) -> u64 {
        self.ok(json!({"cmd": "load", "path": path}))["image"]["pid"].as_u64().unwrap()
    }

    /// The states of all tasks.
    pub fn states(&mut self) -> Vec<String> {
        let reply = self.ok(json!({"cmd": "ps"}));
        let tasks = reply["tasks"]["tasks"].as_array().unwrap();
        tasks.iter().map(|task| task["state"].as_str().unwrap().to_owned()).collect()
    }
}
