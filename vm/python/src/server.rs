//! The server as the package drives it: it has a thread of its own, which knows nothing of Python.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use remote::core::Protocol;
use remote::host::{Folder, Reading, Setup};
use remote::limits::Limits;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::borrow::{change, look};

/// How often signals are looked for.
const LOOK: Duration = Duration::from_millis(50);
/// Lines of tasks that are kept until somebody takes them.
const LINES: usize = 1024;

/// The limits of a server as its fields.
pub type LimitParts = (usize, usize, usize, usize, u64, u32, u64, usize, usize);

/// Limits as their fields.
pub fn parts_of(limits: &Limits) -> LimitParts {
    let Limits { line, connections, sessions, events, idle_s, steps, file, mailboxes, held } = *limits;
    (line, connections, sessions, events, idle_s, steps, file, mailboxes, held)
}

fn limits((line, connections, sessions, events, idle_s, steps, file, mailboxes, held): LimitParts) -> Limits {
    Limits { line, connections, sessions, events, idle_s, steps, file, mailboxes, held }
}

fn reading(name: &str) -> PyResult<Reading> {
    match name {
        "reference" => Ok(Reading::Reference),
        "strict" => Ok(Reading::Strict),
        _ => Err(PyValueError::new_err(format!("there is no profile {name:?}: reference or strict"))),
    }
}

/// The last lines of tasks.
type Lines = Arc<Mutex<VecDeque<String>>>;

/// A server that listens, and serves until it is told to end.
#[pyclass(module = "lockstep_minivm._core")]
pub struct Server {
    addresses: Vec<SocketAddr>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    lines: Lines,
}

#[pymethods]
impl Server {
    /// Listens on loopback, at a port for the VM server's protocol and, if there is a second one, for the executive's.
    #[new]
    fn new(
        folder: PathBuf,
        ports: (u16, Option<u16>),
        profile: &str,
        pin: Option<String>,
        parts: LimitParts,
    ) -> PyResult<Self> {
        let limits = limits(parts);
        limits.check().map_err(|why| PyValueError::new_err(why.to_string()))?;
        let folder = Folder::new(&folder)?;
        let setup = Setup { reading: reading(profile)?, folder, limits, pin };
        let place =
            |port: u16, protocol| (SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string(), protocol);
        let mut places = vec![place(ports.0, Protocol::Vm)];
        places.extend(ports.1.map(|port| place(port, Protocol::Executive)));
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let server = runtime.block_on(remote::net::Server::bind(setup, &places))?;
        let addresses = server.addresses()?;
        let (end, ended) = oneshot::channel();
        let lines = Lines::default();
        let thread = std::thread::Builder::new().name("lockstep-minivm-server".to_owned());
        let thread = thread.spawn({
            let lines = lines.clone();
            move || serve(&runtime, server, ended, lines)
        })?;
        Ok(Server { addresses, end: Some(end), thread: Some(thread), lines })
    }

    /// Host and port of each protocol.
    #[getter]
    fn addresses(&self) -> Vec<(String, u16)> {
        self.addresses.iter().map(|address| (address.ip().to_string(), address.port())).collect()
    }

    #[getter]
    fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Ends it, and waits until it has ended. Nothing is borrowed meanwhile: other threads of Python go on.
    fn stop(slf: &Bound<'_, Self>) -> PyResult<()> {
        let (end, thread) = {
            let mut server = change(slf)?;
            (server.end.take(), server.thread.take())
        };
        // Dropping it is what the server waits for.
        drop(end);
        if let Some(thread) = thread {
            // What it panicked of has been printed.
            let _ended = slf.py().detach(|| thread.join());
        }
        Ok(())
    }

    /// Waits until a client has ended it, for so many seconds at most if they are given. Whether it has ended.
    fn wait(slf: &Bound<'_, Self>, seconds: Option<f64>) -> PyResult<bool> {
        if seconds.is_some_and(|seconds| !seconds.is_finite() || seconds < 0.0) {
            return Err(PyValueError::new_err("a time is not negative, and finite"));
        }
        // A time that no clock can count to never ends.
        let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let until = time.and_then(|time| Instant::now().checked_add(time));
        while look(slf)?.is_running() {
            let left = until.map_or(LOOK, |until| until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Ok(false);
            }
            slf.py().detach(|| sleep(left.min(LOOK)));
            slf.py().check_signals()?;
        }
        Ok(true)
    }

    /// The lines that tasks have put out since the last time, the last ones if they are many.
    fn take_lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }
}

fn serve(runtime: &Runtime, server: remote::net::Server, ended: oneshot::Receiver<()>, lines: Lines) {
    let print = move |line: &str| {
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LINES {
            lines.pop_front();
        }
        lines.push_back(line.to_owned());
    };
    runtime.block_on(async {
        let end = async { drop(ended.await) };
        server.serve(end, print).await;
    });
}
