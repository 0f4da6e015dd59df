use std::{net::IpAddr, net::SocketAddr};

use bytesize::ByteSize;
use clap::Args;

use super::send_args::MailArgs;
use crate::hiring::Period;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome serve                                   http://127.0.0.1:8080, for this machine only
  takehome serve --url https://jobs.example.org --trusted-proxy 127.0.0.1
  takehome serve --no-worker                       take uploads, and let `takehome work` grade them

It speaks HTTP; others reach it through a reverse proxy that adds TLS. Ctrl-C or SIGTERM lets what is
being uploaded finish; a second one does not wait. docs/portal.md describes the setup.")]
pub(super) struct ServeArgs {
    /// Where to listen
    #[arg(
        long,
        value_name = "ADDR:PORT",
        env = "TAKEHOME_LISTEN",
        hide_env_values = true,
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
    /// A reverse proxy whose X-Forwarded-For is believed; may be given several times
    #[arg(long, value_name = "ADDR")]
    pub trusted_proxy: Vec<IpAddr>,
    /// The most that a candidate can upload at once
    #[arg(long, value_name = "SIZE", default_value = "32MiB", value_parser = upload_limit)]
    pub upload_limit: ByteSize,
    /// How late an upload may end that began before the deadline
    #[arg(long, value_name = "PERIOD", default_value = "15m")]
    pub grace: Period,
    /// Requests to the API that a token may make in a minute
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..))]
    pub api_rate: u32,
    /// Start no worker: nothing is graded by this process
    #[arg(long)]
    pub no_worker: bool,
    /// Gradings at a time of the worker that it starts [default: from cores and memory]
    #[arg(long, value_name = "N", conflicts_with = "no_worker")]
    pub workers: Option<usize>,
    #[command(flatten)]
    pub mail: MailArgs,
}

fn upload_limit(text: &str) -> Result<ByteSize, String> {
    let size: ByteSize = text.parse()?;
    let accepted = ByteSize::kib(64)..=ByteSize::mib(128);
    if accepted.contains(&size) {
        Ok(size)
    } else {
        Err("a size from 64KiB to 128MiB, which is what intake takes".into())
    }
}
