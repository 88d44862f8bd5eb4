//! A campaign as an array of Slurm, on a cluster of its own: two shards are killed and run again, and the merged result is
//! that of one run.

mod common;

use std::fs::{self, File};
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use common::comparable;
use tempfile::TempDir;

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(300);
/// What every shard runs: long enough to be killed while it runs.
const OPTIONS: [&str; 6] = ["--subject", "minivm", "--lane", "rust~python/strict", "--cases", "20000"];

/// A controller and one node, as the user who runs the test.
struct Cluster {
    /// Short, because the name of a socket may have 107 bytes.
    folder: TempDir,
    daemons: Vec<Child>,
}

impl Cluster {
    fn start() -> Self {
        let mut cluster = Cluster { folder: TempDir::new().unwrap(), daemons: Vec::new() };
        let path = |name: &str| cluster.folder.path().join(name);
        let mut key = File::options().write(true).create_new(true).mode(0o600).open(path("key")).unwrap();
        std::io::copy(&mut File::open("/dev/urandom").unwrap().take(64), &mut key).unwrap();
        fs::write(path("slurm.conf"), configuration(cluster.folder.path())).unwrap();
        for name in ["state", "spool"] {
            fs::create_dir(path(name)).unwrap();
        }
        let file = |option: &str, name: &str| format!("--{option}={}", path(name).display());
        let files = [
            ("key-file", "key"),
            ("socket", "munge"),
            ("pid-file", "pid"),
            ("log-file", "log"),
            ("seed-file", "seed"),
        ];
        let munge: Vec<String> = files.iter().map(|(option, name)| file(option, name)).collect();
        let configuration = path("slurm.conf").display().to_string();
        cluster.daemon("munged", munge.iter().map(String::as_str).chain(["--foreground", "--force"]));
        wait_for("munged", || cluster.folder.path().join("munge").exists());
        cluster.daemon("slurmctld", ["-D", "-f", &configuration]);
        cluster.daemon("slurmd", ["-D", "-f", &configuration]);
        wait_for("the node", || cluster.says("sinfo", &["-h", "-o", "%t"]).trim() == "idle");
        cluster
    }

    fn daemon<'a>(&mut self, name: &str, arguments: impl IntoIterator<Item = &'a str>) {
        let log = File::create(self.folder.path().join(format!("{name}.out"))).unwrap();
        let mut command = slurm(self.folder.path(), name);
        command.args(arguments).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.daemons.push(command.spawn().unwrap());
    }

    /// What a command of Slurm prints.
    fn says(&self, name: &str, arguments: &[&str]) -> String {
        let output = slurm(self.folder.path(), name).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts an array that leaves its results in `folder`; the number of the job.
    fn submit(&self, folder: &Path, options: &[&str], shards: Option<&str>) -> String {
        let script = root().join("xtask/deploy/slurm.sh");
        let mut command = slurm(self.folder.path(), "sbatch");
        let log = self.folder.path().join("%A_%a.log").display().to_string();
        command.args(["--parsable", "--output", &log]).args(options).arg(script).arg(folder).args(OPTIONS);
        command.current_dir(root()).env("LOCKSTEP", env!("CARGO_BIN_EXE_lockstep"));
        if let Some(shards) = shards {
            command.env("LOCKSTEP_SHARDS", shards);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn wait(&self, job: &str) {
        wait_for("the array", || self.says("squeue", &["-h", "-j", job]).is_empty());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for daemon in self.daemons.iter_mut().rev() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

fn configuration(folder: &Path) -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let name = name.trim().split('.').next().unwrap();
    let user = Command::new("id").arg("-un").output().unwrap().stdout;
    let user = String::from_utf8(user).unwrap();
    let (user, folder) = (user.trim(), folder.display());
    let ports: Vec<TcpListener> = (0..2).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let [controller, node] = [0, 1].map(|at| ports[at].local_addr().unwrap().port());
    format!(
        "ClusterName=lockstep\nSlurmctldHost={name}(127.0.0.1)\nSlurmUser={user}\nSlurmdUser={user}\n\
         AuthType=auth/munge\nAuthInfo=socket={folder}/munge\nSlurmctldPort={controller}\nSlurmdPort={node}\n\
         StateSaveLocation={folder}/state\nSlurmdSpoolDir={folder}/spool\n\
         SlurmctldPidFile={folder}/slurmctld.pid\nSlurmdPidFile={folder}/slurmd.pid\n\
         ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nMailProg=/bin/true\nKillWait=30\n\
         SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1,bf_interval=1\n\
         SelectType=select/cons_tres\nSelectTypeParameters=CR_CPU\nCompleteWait=0\n\
         NodeName={name} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN\n\
         PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n"
    )
}

/// A command of Slurm, or one of its daemons, which may lie where only root looks.
fn slurm(folder: &Path, name: &str) -> Command {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("env");
    command.env("PATH", format!("{path}:/usr/sbin:/sbin")).arg(name);
    command.env("SLURM_CONF", folder.join("slurm.conf"));
    for of_another in ["HSX_REFERENCE", "COCKPIT_REFERENCE", "GITHUB_ACTIONS", "LOCKSTEP_SHARDS"] {
        command.env_remove(of_another);
    }
    command
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn wait_for(what: &str, mut is_there: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_there() {
        assert!(start.elapsed() < PATIENCE, "{what} does not come");
        thread::sleep(Duration::from_millis(50));
    }
}

fn xtask(arguments: &[&str]) -> Output {
    let mut command = slurm(Path::new(""), env!("CARGO_BIN_EXE_lockstep"));
    command.args(arguments).current_dir(root()).output().unwrap()
}

/// The shards, of those not in `but`, that are running: begun, and not ended.
fn running(results: &Path, but: &[u32]) -> Option<u32> {
    let is_running = |part: &u32| {
        let folder: PathBuf = results.join(format!("shard-{part}-of-8"));
        folder.join(reports::stored::MARK_FILE).exists() && !but.contains(part)
    };
    (1..=8).find(is_running)
}

#[test]
#[ignore = "needs Slurm: cargo xtask test runs it if that is installed"]
fn what_an_array_leaves_is_the_result_of_one_run() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("slurm");
    let _ = fs::remove_dir_all(&folder);
    let [results, whole, merged] = ["results", "whole", "merged"].map(|name| folder.join(name));
    let cluster = Cluster::start();
    let job = cluster.submit(&results, &[], None);

    // One is asked to end, one is not asked.
    let mut killed = Vec::new();
    for how in [&[][..], &["--full", "--signal=KILL"]] {
        wait_for("a shard", || running(&results, &killed).is_some());
        let part = running(&results, &killed).unwrap();
        cluster.says("scancel", &[how, &[&format!("{job}_{part}")]].concat());
        killed.push(part);
    }
    cluster.wait(&job);

    let merge =
        || xtask(&["report", "--merge", results.to_str().unwrap(), "--out", merged.to_str().unwrap()]);
    killed.sort_unstable();
    let [one, other] = killed[..] else { panic!("two were killed") };
    let output = merge();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains(&format!("shards are missing: {one}/8, {other}/8\n")), "{error}");
    assert!(error.contains(&format!(" --cases 20000 --shard {other}/8\n")), "{error}");

    let again = cluster.submit(&results, &[&format!("--array={one},{other}")], Some("8"));
    cluster.wait(&again);
    let output = merge();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));

    let output = xtask(&[&["conformance", "--report", whole.to_str().unwrap()][..], &OPTIONS].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(comparable(&merged), comparable(&whole));
}
