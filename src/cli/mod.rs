//! The command line: arguments in, text or JSON out, exit codes. Everything it does is the
//! library's work.

mod args;
mod batch;
mod batch_progress;
mod candidate_pages;
mod challenge;
mod context;
mod db;
mod demo;
mod desk;
mod doctor;
mod exit;
mod grade;
mod hook;
mod image;
mod journal;
mod package;
mod package_args;
mod progress;
mod receipt;
mod regrade;
mod results;
mod round;
mod self_check;
mod send;
mod send_args;
mod serve;
mod serve_args;
mod signals;
mod sources;
mod stats;
mod stats_text;
mod status;
mod store_args;
mod table;
mod time;
mod time_args;
mod time_text;
mod token;
mod trace;
mod verify;
mod verify_grading;
mod verify_text;
mod work;
mod work_args;
mod worker_process;

use std::process::ExitCode;

use clap::Parser as _;

pub use args::Cli;
use args::{ChallengeCommand, Command, ImageCommand};
use context::Context;
pub use exit::Exit;
use exit::Failure;
use receipt::ReceiptCommand;

/// Parses the arguments, runs the command, prints its error.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if cli.global.trace {
        trace::begin();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: could not start: {error}; check the limits of this user");
            return Exit::Infra.into();
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            // It may quote names that candidates gave to their files.
            eprintln!("error: {}", table::plain(&failure.to_string()));
            failure.exit.into()
        }
    }
}

async fn run(cli: Cli) -> Result<Exit, Failure> {
    let context = Context::new(cli.global)?;
    match cli.command {
        Command::Grade(args) => grade::run(&context, args).await,
        Command::Send(args) => send::run(&context, args).await,
        Command::Receipt { command: ReceiptCommand::Verify(args) } => receipt::run(&context, &args),
        Command::Serve(args) => serve::run(&context, args).await,
        Command::Work(args) => work::run(&context, args).await,
        Command::Status(args) => status::run(&context, args).await,
        Command::Resend(args) => send::resend(&context, args).await,
        Command::Remind(args) => send::remind(&context, args).await,
        Command::Extend(args) => send::extend(&context, args).await,
        Command::Accommodate(args) => send::accommodate(&context, args).await,
        Command::Cancel(args) => send::cancel(&context, args).await,
        Command::ExportPerson(args) => status::export(&context, args).await,
        Command::Purge(args) => status::purge(&context, args).await,
        Command::Regrade(args) => regrade::run(&context, args).await,
        Command::Stats(args) => stats::run(&context, args).await,
        Command::Time(args) => time::run(&context, args).await,
        Command::Db { command } => db::run(&context, command).await,
        Command::Token { command } => token::run(&context, command).await,
        Command::Hook { command } => hook::run(&context, command).await,
        Command::Demo(args) => demo::run(&context, args).await,
        Command::Doctor(args) => doctor::run(&context, args).await,
        Command::Image { command } => match command {
            ImageCommand::Build(args) => image::build(&context, args).await,
            ImageCommand::List(args) => image::list(&context, args).await,
            ImageCommand::Prune(args) => image::prune(&context, args).await,
        },
        Command::Challenge { command } => match command {
            ChallengeCommand::List(args) => challenge::list(&context, args).await,
            ChallengeCommand::Show(args) => challenge::show(&context, args).await,
            ChallengeCommand::Verify(args) => verify::run(&context, args).await,
            ChallengeCommand::New(args) => package::new(&context, args).await,
            ChallengeCommand::Lint(args) => package::lint(&context, args).await,
            ChallengeCommand::Pack(args) => package::pack(&context, args).await,
        },
    }
}
