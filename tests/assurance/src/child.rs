//! This program once more, as another process, to which lines are sent and which answers with lines.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

pub struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts it with these arguments, and sends the keyring, which is no argument for others to read.
    pub fn start(arguments: &[&str], keyring: &str) -> Self {
        let program = std::env::current_exe().expect("the name of this program");
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| crate::fail(format_args!("no process: {error}")));
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let mut process = Self { child, input, output };
        process.send(&keyring.replace('\n', ";"));
        process
    }

    pub fn send(&mut self, line: &str) {
        if let Err(error) = self.input.write_all(format!("{line}\n").as_bytes()) {
            crate::fail(format_args!("a child process does not listen: {error}"));
        }
    }

    /// The next line; none if the process is gone.
    pub fn receive(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.output.read_line(&mut line).expect("a pipe and UTF-8");
        // A line without its end was cut by a kill: it was not told.
        (length > 0 && line.ends_with('\n')).then(|| line.trim_end().into())
    }

    /// SIGKILL: the process does nothing any more. What it has written can still be received.
    pub fn kill(&mut self) {
        self.child.kill().expect("a process of our own");
    }

    pub fn wait(&mut self) {
        self.child.wait().expect("a process of our own");
    }
}

/// The side of the child: the next line from the parent. Without a parent it ends.
pub fn hear() -> String {
    let mut line = String::new();
    match std::io::stdin().lock().read_line(&mut line) {
        Ok(length) if length > 0 => line.trim_end().into(),
        _ => std::process::exit(0),
    }
}

pub fn hear_keyring() -> String {
    hear().replace(';', "\n")
}

/// One line to the parent, in one write: it is told whole or not at all.
pub fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    if out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}
