use bollard::{Docker, models::ContainerUpdateBody};
use futures_util::future::join_all;

use super::{body::core_list, labels, sweep::labelled};

/// Lets every container of ours that is not pinned run on these cores only; whether all could be told.
///
/// Those of other processes, too: they grade on this machine while somebody times.
pub(super) async fn unpinned(docker: &Docker, cores: &[u32]) -> bool {
    let Ok(all) = labelled(docker).await else { return false };
    let free = all.into_iter().filter(|container| {
        container.labels.as_ref().is_none_or(|all| !all.contains_key(labels::PINNED))
    });
    let cpuset_cpus = core_list(cores);
    let told = free.filter_map(|container| container.id).map(|id| {
        let update =
            ContainerUpdateBody { cpuset_cpus: Some(cpuset_cpus.clone()), ..Default::default() };
        async move {
            match docker.update_container(&id, update).await {
                Ok(()) => true,
                // It is gone meanwhile, which is as well.
                Err(bollard::errors::Error::DockerResponseServerError {
                    status_code: 404 | 409,
                    ..
                }) => true,
                Err(_) => false,
            }
        }
    });
    join_all(told).await.into_iter().all(|told| told)
}
