//! Asks on the terminal for what nobody can guess: prompts on stderr, answers on stdin, secrets unseen.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::failure::Failure;

/// The longest answer, in bytes.
const LONGEST: u64 = 4096;

/// Asks for one line; what is typed is seen.
pub(super) fn line(prompt: &str) -> Result<String, Failure> {
    asked(prompt)
}

/// Asks for one line that nobody should see: on a terminal it is not shown.
pub(super) fn secret(prompt: &str) -> Result<String, Failure> {
    let hidden = Hidden::begin();
    let answer = asked(prompt);
    if hidden.is_some() {
        // The Enter that ended the line was not shown either.
        let _ = writeln!(std::io::stderr());
    }
    answer
}

fn asked(prompt: &str) -> Result<String, Failure> {
    let mut err = std::io::stderr().lock();
    write!(err, "{prompt}").and_then(|()| err.flush()).map_err(Failure::Output)?;
    let mut answer = String::new();
    let mut input = std::io::Read::take(std::io::stdin().lock(), LONGEST);
    input.read_line(&mut answer).map_err(Failure::Output)?;
    Ok(answer.trim().to_owned())
}

/// As long as this lives, the terminal does not show what is typed.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> Option<Self> {
        let stdin = std::io::stdin();
        let before = stdin.is_terminal().then(|| tcgetattr(&stdin).ok())??;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Flush, &quiet).ok()?;
        Some(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // A terminal that is gone has nothing to show.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Flush, &self.0);
    }
}
