//! `cargo xtask serve`: the executive over TCP.

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};
use oracle::report::Exit;
use remote::core::Protocol;
use remote::host::{Folder, Reading, Setup};
use remote::limits::Limits;
use remote::net::Server;

use crate::failure::Failure;
use crate::interrupt;

/// How often the signal is looked for.
const LOOK: Duration = Duration::from_millis(50);

/// Which reading of the executive is served.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Profile {
    /// What the reference does, where it locks up included.
    Reference,
    /// What the documents say.
    Strict,
}

/// Options of `cargo xtask serve`.
#[derive(Args)]
pub struct Options {
    /// Where clients of the VM server's protocol connect, e.g. the reference's `execd.py`.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9999")]
    vm: String,
    /// Where clients of the executive's own protocol connect, e.g. the reference's `shell_client.py`.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9998")]
    exec: String,
    /// The folder whose images and symbols clients may load; nothing outside it is read.
    #[arg(long, value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Which reading of the executive is served.
    #[arg(long, value_enum, default_value = "strict")]
    profile: Profile,
    /// The token that opens commands with flag `PIN`; nothing opens them otherwise.
    #[arg(long, value_name = "TOKEN")]
    pin: Option<String>,
    /// The longest line, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().line, value_parser = within::<usize>("line"))]
    max_line: usize,
    /// Connections at once.
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections, value_parser = within::<usize>("connections"))]
    max_connections: usize,
    /// Sessions at once.
    #[arg(long, value_name = "N", default_value_t = Limits::default().sessions, value_parser = within::<usize>("sessions"))]
    max_sessions: usize,
    /// Events that are kept.
    #[arg(long, value_name = "N", default_value_t = Limits::default().events, value_parser = within::<usize>("events"))]
    max_events: usize,
    /// Instructions of one request.
    #[arg(long, value_name = "N", default_value_t = Limits::default().steps, value_parser = within::<u32>("steps"))]
    max_steps: u32,
    /// Seconds that a connection may be silent between two requests, if it gets no events.
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().idle_s, value_parser = within::<u64>("idle_s"))]
    idle: u64,
}

/// A number that the limit of this name can be.
fn within<T: TryFrom<u64> + Clone + Send + Sync>(limit: &str) -> RangedU64ValueParser<T> {
    let found = Limits::RANGES.iter().find(|(name, ..)| *name == limit);
    let (_, least, most) = found.expect("it is the name of a limit");
    RangedU64ValueParser::new().range(least..=most)
}

/// Serves until it is told to end.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    let reading = match options.profile {
        Profile::Reference => Reading::Reference,
        Profile::Strict => Reading::Strict,
    };
    let folder = Folder::new(&options.folder).map_err(|why| Failure::file(&options.folder, why))?;
    let limits = Limits {
        line: options.max_line,
        connections: options.max_connections,
        sessions: options.max_sessions,
        events: options.max_events,
        steps: options.max_steps,
        idle_s: options.idle,
        ..Limits::default()
    };
    let places = [(options.vm.clone(), Protocol::Vm), (options.exec.clone(), Protocol::Executive)];
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|why| Failure::internal(why.to_string()))?;
    runtime.block_on(async {
        let server = Server::bind(Setup { reading, folder, limits, pin: options.pin.clone() }, &places).await;
        let server = server.map_err(|why| Failure::usage(why.to_string()))?;
        let addresses = server.addresses().map_err(|why| Failure::internal(why.to_string()))?;
        for (what, address) in ["vm server", "executive"].iter().zip(addresses) {
            reports::say(&format!("{what} at {address}"));
        }
        let flag = interrupt::flag();
        let end = async {
            while !flag.load(Ordering::Relaxed) {
                tokio::time::sleep(LOOK).await;
            }
        };
        // Whoever looks may be gone; the server goes on.
        server.serve(end, |line| drop(writeln!(std::io::stdout(), "{line}"))).await;
        Ok(Exit::Conformant)
    })
}
