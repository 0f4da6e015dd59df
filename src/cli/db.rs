use super::{
    batch::counted,
    context::Context,
    exit::{Exit, Failure},
    store_args::DbCommand,
    table,
};
use crate::store::{
    Restored, restore,
    upkeep::{self, KEYS},
};

pub(super) async fn run(context: &Context, command: DbCommand) -> Result<Exit, Failure> {
    if let DbCommand::Restore { file } = &command {
        let Restored { submissions, keys } = restore(file, &context.home).await?;
        let (submissions, keys) = (counted(submissions, "submission"), counted(keys, "key"));
        println!("{}: the records, {submissions} and {keys}", context.home.display());
        return Ok(Exit::Ok);
    }
    let records = context.kept_records().await?;
    let (store, blobs) = (&*records.store, &records.blobs);
    match command {
        DbCommand::Check => {
            let checked = upkeep::check(store, blobs).await?;
            for problem in &checked.problems {
                println!("{}", table::plain(problem));
            }
            let submissions = counted(checked.submissions, "submission");
            if checked.problems.is_empty() {
                println!("the store is sound: {submissions}, every report can be read");
                return Ok(Exit::Ok);
            }
            let problems = counted(checked.problems.len(), "problem");
            eprintln!("{problems}; docs/store.md says how a backup is restored");
            Ok(Exit::Below)
        }
        DbCommand::Backup { file } => {
            let count = upkeep::back_up(store, blobs, &context.home.join(KEYS), &file).await?;
            println!("{}: the records and {}", file.display(), counted(count, "submission"));
            Ok(Exit::Ok)
        }
        DbCommand::Restore { .. } => Ok(Exit::Ok),
        DbCommand::Export { file } => {
            let count = upkeep::export(store, &file).await?;
            println!("{}: {}", file.display(), counted(count, "record"));
            Ok(Exit::Ok)
        }
    }
}
