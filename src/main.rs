//! Parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    bot_auto_order::cli::main(std::env::args_os())
}
