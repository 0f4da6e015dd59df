use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome work                     beside `takehome serve --no-worker`, as a service
  takehome work --workers 1         leave the other cores to the portal
  takehome work --drain             grade what waits, then end

It takes up what candidates have uploaded, whichever challenge it is for: first the visible tests,
whose result the candidate sees, then the grading. Ctrl-C or SIGTERM finishes what runs; a second one
stops it and gives it back. Any number of them may run, and what a killed one leaves behind is taken
up by the next at once. docs/operations.md describes the setup.")]
pub(super) struct WorkArgs {
    /// Gradings at a time [default: from cores and memory]
    #[arg(long, value_name = "N")]
    pub workers: Option<usize>,
    /// End once nothing waits
    #[arg(long)]
    pub drain: bool,
    /// Finish what runs once standard input ends: the process that started it has gone
    #[arg(long, hide = true)]
    pub until_eof: bool,
}
