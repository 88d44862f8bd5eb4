//! Programs of the reference as processes, on ports of their own.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a program may take to listen, and to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program that listens. It ends with this value.
pub struct Listening {
    child: Child,
    pub port: u16,
}

impl Drop for Listening {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// A program of the reference, in Python.
fn program(checkout: &Path, file: &str) -> Command {
    let mut command = Command::new("python3");
    command.arg(checkout.join(file)).env("PYTHONDONTWRITEBYTECODE", "1").current_dir(checkout);
    command
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn listening(mut command: Command, port: u16) -> std::io::Result<Listening> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let listening = Listening { child, port };
    let end = Instant::now() + PATIENCE;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if Instant::now() > end {
            return Err(std::io::ErrorKind::TimedOut.into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(listening)
}

/// The reference's VM server.
pub fn vm(checkout: &Path, scratch: &Path) -> std::io::Result<Listening> {
    let port = free_port()?;
    let mut command = program(checkout, "platforms/python/host_vm.py");
    // It writes a trace of mailbox calls into the folder for scratch files.
    command.args(["--dev-libm", "--listen", &port.to_string()]).env("TMPDIR", scratch);
    listening(command, port)
}

/// The reference's executive, in front of a VM server.
pub fn execd(checkout: &Path, vm: u16) -> std::io::Result<Listening> {
    let port = free_port()?;
    let mut command = program(checkout, "python/execd.py");
    command.args(["--vm-port", &vm.to_string(), "--listen", &port.to_string()]);
    listening(command, port)
}

/// The reference's shell: what it shows for each of these lines.
pub fn shell(checkout: &Path, folder: &Path, port: u16, lines: &[&str]) -> std::io::Result<Vec<Value>> {
    let mut command = program(checkout, "python/shell_client.py");
    command.args(["--json", "--port", &port.to_string()]).current_dir(folder);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().ok_or(std::io::ErrorKind::BrokenPipe)?;
    input.write_all(lines.join("\n").as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let shown: Vec<&str> = text.split("hsx> ").skip(1).collect();
    if shown.len() < lines.len() {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(std::io::Error::other(format!("the shell ends after {} lines: {why}", shown.len())));
    }
    let reply = |shown: &str| {
        let json = shown.find('{').and_then(|start| serde_json::from_str(&shown[start..]).ok());
        json.unwrap_or_else(|| Value::from(shown.trim()))
    };
    Ok(shown.into_iter().take(lines.len()).map(reply).collect())
}

/// The reply to a line that is sent as it is.
pub fn line(port: u16, line: &str) -> std::io::Result<Value> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("{line}\n").as_bytes())?;
    let mut reply = String::new();
    BufReader::new(stream).read_line(&mut reply)?;
    // The reference writes numbers that JSON does not have.
    Ok(serde_json::from_str(&reply.replace("NaN", "null").replace("Infinity", "null"))?)
}

/// What the reference's smoke program says of an executive.
pub fn smoke(checkout: &Path, port: u16, image: &str) -> std::io::Result<String> {
    let mut command = program(checkout, "python/exec_smoke.py");
    said(command.args(["--port", &port.to_string(), "--path", image, "--steps", "40"]))
}

fn said(command: &mut Command) -> std::io::Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(std::io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a script that has the reference's modules at hand, and gives what it prints.
pub fn script(checkout: &Path, script: &str, arguments: &[String]) -> std::io::Result<String> {
    let mut command = Command::new("python3");
    command.args(["-c", script]).args(arguments).env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("PYTHONPATH", checkout.join("python")).current_dir(checkout);
    said(&mut command)
}
