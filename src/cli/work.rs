//! `work`: takes up uploads until a signal ends it.

use std::{io::Read as _, sync::Arc};

use tokio_util::sync::CancellationToken;

use super::{
    context::{Context, workers},
    exit::{Exit, Failure},
    journal, signals,
    work_args::WorkArgs,
};
use crate::{
    run::{Event, Listener, Runner},
    working::{Ended, EngineBench, Library, Worker},
};

pub(super) async fn run(context: &Context, args: WorkArgs) -> Result<Exit, Failure> {
    journal::begin();
    let library = Library::new(context.roots.clone());
    for message in library.refresh().await {
        tracing::warn!(target: "takehome::worker", message, "a challenge cannot be read");
    }
    let Some(largest) = library.largest() else {
        return Err(Failure::usage(
            "there is no challenge that can be graded by",
            "--challenges DIR names another folder",
        ));
    };
    let records = context.records().await?;
    let sandbox = context.engine().await?;
    let slots = workers(args.workers, sandbox.facts(), &largest);
    let shutdown = signals::serve(sandbox.clone())?;
    if args.until_eof {
        drain_at_eof(shutdown.drain.clone());
    }
    let runner = Runner::new(sandbox.clone(), listener()).await?;
    let bench = EngineBench { sandbox: sandbox.clone(), home: context.home.clone() };
    let mut worker = Worker::new(&records, &bench, &runner, &library, &shutdown, slots);
    if args.drain {
        worker = worker.only_what_waits();
    }
    tracing::info!(
        target: "takehome::worker", slots, challenges = library.ids().join(" "), "working"
    );
    let done = worker.run().await;
    runner.close().await;
    sandbox.close().await;
    records.database.close().await;
    match done? {
        Ended::Told => tracing::info!(target: "takehome::worker", "ended as told"),
        Ended::NothingWaits => tracing::info!(target: "takehome::worker", "nothing waits"),
    }
    Ok(Exit::Ok)
}

/// What a log has to say of a run that its end does not.
fn listener() -> Listener {
    Arc::new(|event| {
        if let Event::Retrying { grading, cause, attempt } = event {
            tracing::warn!(target: "takehome::worker", grading, cause, attempt, "trying again");
        }
    })
}

/// A thread of its own: a read of standard input that waits cannot be given up.
fn drain_at_eof(drain: CancellationToken) {
    std::thread::spawn(move || {
        let mut rest = [0_u8; 64];
        let mut input = std::io::stdin().lock();
        while input.read(&mut rest).is_ok_and(|count| count > 0) {}
        drain.cancel();
    });
}
