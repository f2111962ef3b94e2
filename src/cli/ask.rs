//! Asks on the terminal for what nobody can guess: prompts on stderr, answers on stdin, secrets unseen.

use std::io::{BufRead as _, IsTerminal as _, Read as _, Write as _};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use super::failure::Failure;

/// The longest answer, in bytes.
const LONGEST: u64 = 4096;
/// What Ctrl-C types where it ends no program.
const CTRL_C: u8 = 3;

/// Asks for one line; what is typed is seen.
pub(super) fn line(prompt: &str) -> Result<String, Failure> {
    asked(prompt)
}

/// Asks for one line that nobody should see: on a terminal it is not shown, and Ctrl-C or Ctrl-D there is a failure.
pub(super) fn secret(prompt: &str) -> Result<String, Failure> {
    let Some(hidden) = Hidden::begin() else { return asked(prompt) };
    let answer = asked_hidden(prompt);
    // The Enter that ended the line was not shown either.
    let _ = writeln!(std::io::stderr());
    drop(hidden);
    answer
}

fn asked(prompt: &str) -> Result<String, Failure> {
    prompted(prompt)?;
    let mut answer = String::new();
    let mut input = std::io::stdin().lock().take(LONGEST);
    input.read_line(&mut answer).map_err(Failure::Output)?;
    Ok(answer.trim().to_owned())
}

fn asked_hidden(prompt: &str) -> Result<String, Failure> {
    prompted(prompt)?;
    let mut answer = Vec::new();
    for byte in std::io::stdin().lock().take(LONGEST).bytes() {
        match byte.map_err(Failure::Output)? {
            b'\n' => return Ok(String::from_utf8_lossy(&answer).trim().to_owned()),
            CTRL_C => break,
            byte => answer.push(byte),
        }
    }
    Err(Failure::Failed("nothing was answered, and nothing was changed".to_owned()))
}

fn prompted(prompt: &str) -> Result<(), Failure> {
    let mut err = std::io::stderr().lock();
    write!(err, "{prompt}").and_then(|()| err.flush()).map_err(Failure::Output)
}

/// As long as this lives, the terminal does not show what is typed. Nor does a key end or stop the program, which would
/// leave the terminal so: Ctrl-C ends the line instead, and is read with it.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> Option<Self> {
        let stdin = std::io::stdin();
        let before = stdin.is_terminal().then(|| tcgetattr(&stdin).ok())??;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ISIG);
        quiet.special_codes[SpecialCodeIndex::VEOL] = CTRL_C;
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
