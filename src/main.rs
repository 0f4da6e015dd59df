//! The `takehome` program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    takehome::cli::main()
}
