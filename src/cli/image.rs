use serde_json::json;

use super::{
    args::{Format, FormatArgs, ImageArg, ImageBuildArgs, ImagePruneArgs},
    context::{Context, current_tags},
    exit::{Exit, Failure},
    progress, table,
};
use crate::{challenge::ImageKind, image::Provisioner};

pub(super) async fn build(context: &Context, args: ImageBuildArgs) -> Result<Exit, Failure> {
    let sandbox = context.engine().await?;
    let report = progress::image_reporter(context.quiet);
    let provisioner = Provisioner::new(&sandbox, &context.home, &report)?;
    for kind in kinds(&args.images) {
        let pair = provisioner.pair(kind).await?;
        println!("{}\n{}", pair.judge, pair.candidate);
    }
    Ok(Exit::Ok)
}

pub(super) async fn list(context: &Context, args: FormatArgs) -> Result<Exit, Failure> {
    let sandbox = context.engine().await?;
    let provisioner = Provisioner::new(&sandbox, &context.home, &|_| {})?;
    let current = current_tags(context, provisioner.recipes());
    let images = sandbox.images().list().await?;
    if args.format == Format::Json {
        let rows: Vec<_> = images
            .iter()
            .map(|image| {
                json!({
                    "name": image.name, "tags": image.tags, "id": image.id, "bytes": image.bytes,
                    "current": image.tags.iter().any(|tag| current.contains(tag)),
                })
            })
            .collect();
        println!("{}", json!(rows));
        return Ok(Exit::Ok);
    }
    let mut rows = table::table(&["image", "tag", "size", "state"]);
    for image in &images {
        let is_current = image.tags.iter().any(|tag| current.contains(tag));
        rows.add_row([
            image.name.clone().unwrap_or_default(),
            image.tags.join(" "),
            format!("{} MiB", image.bytes >> 20),
            if is_current { "current" } else { "old: `takehome image prune` removes it" }.into(),
        ]);
    }
    for tag in current.iter().filter(|tag| !images.iter().any(|image| image.tags.contains(tag))) {
        rows.add_row(["", tag, "", "not built"]);
    }
    println!("{rows}");
    Ok(Exit::Ok)
}

pub(super) async fn prune(context: &Context, args: ImagePruneArgs) -> Result<Exit, Failure> {
    let sandbox = context.engine().await?;
    let provisioner = Provisioner::new(&sandbox, &context.home, &|_| {})?;
    let current = current_tags(context, provisioner.recipes());
    let images = sandbox.images();
    let mut removed = 0;
    // Those that stand on others first.
    let mut found = images.list().await?;
    found.sort_by_key(|image| std::cmp::Reverse(image.bytes));
    for image in found {
        if args.all || !image.tags.iter().any(|tag| current.contains(tag)) {
            images.remove(&image.id).await?;
            println!("removed {}", image.tags.first().unwrap_or(&image.id));
            removed += 1;
        }
    }
    images.prune_stages().await?;
    eprintln!("{removed} images removed");
    Ok(Exit::Ok)
}

fn kinds(asked: &[ImageArg]) -> Vec<ImageKind> {
    if asked.is_empty() {
        return vec![ImageKind::Core];
    }
    let mut kinds = Vec::new();
    for arg in asked {
        let more: &[ImageKind] = match arg {
            ImageArg::Core => &[ImageKind::Core],
            ImageArg::Data => &[ImageKind::Data],
            ImageArg::Web => &[ImageKind::Web],
            ImageArg::All => &[ImageKind::Core, ImageKind::Data, ImageKind::Web],
        };
        kinds
            .extend(more.iter().filter(|kind| !kinds.contains(*kind)).copied().collect::<Vec<_>>());
    }
    kinds
}
