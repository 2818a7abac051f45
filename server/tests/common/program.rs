//! The real program, as a process of its own.

use std::path::Path;
use std::process::{ExitStatus, Output, Stdio};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{ADMIN_KEY, Api, soon};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_wmpf-voip-server");

/// Flags without which a load would be refused.
pub(crate) const UNLIMITED: [&str; 10] = [
    "--max-calls-per-minute",
    "0",
    "--max-app-calls-per-minute",
    "0",
    "--max-requests-per-minute",
    "0",
    "--max-ringing-per-caller",
    "0",
    "--max-ringing-per-listener",
    "0",
];

pub(crate) struct Program {
    pub(crate) api: Api,
    pub(crate) child: Child,
    /// All that it logs. It is read all the time, because a program whose log is full stands still.
    log: JoinHandle<String>,
    /// What of it has been read.
    logged: watch::Receiver<String>,
}

impl Program {
    pub(crate) async fn start(data: &Path, more: &[&str]) -> Program {
        Program::start_on("127.0.0.1:0", data, more).await
    }

    pub(crate) async fn start_on(address: &str, data: &Path, more: &[&str]) -> Program {
        Program::spawn(Command::new(PROGRAM), address, data, more).await
    }

    pub(crate) async fn spawn(
        mut command: Command,
        address: &str,
        data: &Path,
        more: &[&str],
    ) -> Program {
        let mut child = command
            .args(["--listen", address, "--demo", "--log-format", "json", "--data"])
            .arg(data)
            .args(more)
            .env("WMPF_VOIP_ADMIN_KEY", ADMIN_KEY)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut first_lines = String::new();
        let address = loop {
            let start = first_lines.len();
            assert_ne!(soon(log.read_line(&mut first_lines)).await.unwrap(), 0, "it ended");
            let event: Value = serde_json::from_str(&first_lines[start..]).unwrap();
            if event["fields"]["message"] == "listening" {
                break event["fields"]["address"].as_str().unwrap().to_owned();
            }
        };
        let (lines, logged) = watch::channel(first_lines);
        let log = tokio::spawn(async move {
            let mut line = String::new();
            while log.read_line(&mut line).await.unwrap() > 0 {
                lines.send_modify(|lines| lines.push_str(&std::mem::take(&mut line)));
            }
            lines.borrow().clone()
        });
        Program { api: Api::new(&address), child, log, logged }
    }

    /// Starts it with at most this many open files.
    pub(crate) async fn start_with_files(files: u32, data: &Path, more: &[&str]) -> Program {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {files}; exec \"$0\" \"$@\""), PROGRAM]);
        Program::spawn(shell, "127.0.0.1:0", data, more).await
    }

    /// Starts it so that its files can be given a greatest length, which stands for a full disk where none can be filled.
    pub(crate) async fn start_with_limited_files(data: &Path, more: &[&str]) -> Program {
        let mut shell = Command::new("sh");
        // The signal that comes with the limit would kill it; a full disk sends none.
        shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", PROGRAM]);
        Program::spawn(shell, "127.0.0.1:0", data, more).await
    }

    /// Starts it without an admin key in its environment.
    pub(crate) async fn start_without_key(data: &Path, more: &[&str]) -> Program {
        let mut shell = Command::new("sh");
        shell.args(["-c", "unset WMPF_VOIP_ADMIN_KEY; exec \"$0\" \"$@\"", PROGRAM]);
        Program::spawn(shell, "127.0.0.1:0", data, more).await
    }

    /// Sets a soft limit of its process, by the name that `prlimit` has for it.
    pub(crate) async fn limit(&self, name: &str, most: &str) {
        let pid = self.child.id().unwrap().to_string();
        let limit = format!("--{name}={most}:");
        let set = Command::new("prlimit").args(["--pid", &pid, &limit]).status().await;
        assert!(set.unwrap().success());
    }

    /// What it has in memory, in kilobytes.
    pub(crate) fn memory_kb(&self) -> u64 {
        let pid = self.child.id().unwrap();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Waits until it has logged this; gives the log so far.
    pub(crate) async fn has_logged(&mut self, text: &str) -> String {
        soon(self.logged.wait_for(|log| log.contains(text))).await.unwrap().clone()
    }

    /// `wmpf-voip-server admin …` for it, with the key of `key`.
    pub(crate) async fn command(&self, key: Option<&str>, arguments: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wmpf-voip-server"));
        command.arg("admin").args(arguments.split(' '));
        command.env("WMPF_VOIP_URL", self.api.url("/"));
        // Nobody in between may see the key.
        command.env("http_proxy", "http://127.0.0.1:1").env("all_proxy", "http://127.0.0.1:1");
        match key {
            Some(key) => command.env("WMPF_VOIP_ADMIN_KEY", key),
            None => command.env_remove("WMPF_VOIP_ADMIN_KEY"),
        };
        soon(command.output()).await.unwrap()
    }

    /// What the operator's command prints.
    pub(crate) async fn admin(&self, arguments: &str) -> String {
        let output = self.command(Some(ADMIN_KEY), arguments).await;
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""), "{arguments}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same, where it is an answer.
    pub(crate) async fn admin_json(&self, arguments: &str) -> Value {
        serde_json::from_str(&self.admin(arguments).await).unwrap()
    }

    /// The exit code of a command that fails, and what it says.
    pub(crate) async fn failing(
        &self,
        key: Option<&str>,
        arguments: &str,
    ) -> (Option<i32>, String) {
        let output = self.command(key, arguments).await;
        assert_eq!(output.stdout, b"", "{arguments}");
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    /// Sends it a signal that does not end it.
    pub(crate) async fn signal(&self, signal: &str) {
        let pid = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().await.unwrap().success());
    }

    /// Asks it to end; gives its status and its log.
    pub(crate) async fn end(mut self, signal: &str) -> (ExitStatus, String) {
        let pid = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().await.unwrap();
        assert!(sent.success());
        let log = soon(self.log).await.unwrap();
        (soon(self.child.wait()).await.unwrap(), log)
    }
}
