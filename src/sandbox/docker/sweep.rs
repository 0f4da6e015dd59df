use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use bollard::{
    Docker, errors::Error as EngineApiError, models::ContainerSummary,
    query_parameters::ListContainersOptionsBuilder,
};
use tokio::time::sleep;

use super::{
    client::engine_error,
    container::remove,
    labels,
    owner::{Fate, Owner},
};
use crate::sandbox::{Role, SandboxError};

/// With 100 ms between them.
const LIST_ATTEMPTS: u32 = 50;

/// Removes containers whose owner has ended, or is unknown here and their deadline has passed; returns how many.
pub async fn sweep(docker: &Docker, this: &Owner, now: SystemTime) -> Result<usize, SandboxError> {
    let mut removed = 0;
    for container in labelled(docker).await? {
        let (Some(id), Some(labels)) = (container.id, container.labels) else { continue };
        if is_leftover(&labels, this, now) {
            remove(docker, &id, "leftover").await?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Ids of the containers that `owner` started.
pub async fn owned_by(docker: &Docker, owner: &Owner) -> Result<Vec<String>, SandboxError> {
    let owner = owner.to_string();
    Ok(labelled(docker)
        .await?
        .into_iter()
        .filter(|container| {
            container.labels.as_ref().and_then(|all| all.get(labels::OWNER)) == Some(&owner)
        })
        .filter_map(|container| container.id)
        .collect())
}

/// Every container of ours, those first that use another one's network: Podman keeps that other one
/// while they are there.
pub(super) async fn labelled(docker: &Docker) -> Result<Vec<ContainerSummary>, SandboxError> {
    let filters = HashMap::from([("label".to_owned(), vec![labels::RUN.to_owned()])]);
    let options = ListContainersOptionsBuilder::new().all(true).filters(&filters).build();
    let mut attempts = 0;
    let mut found = loop {
        attempts += 1;
        match docker.list_containers(Some(options.clone())).await {
            Ok(found) => break found,
            // Podman's `stopped`, for the moment between end and cleanup, is no state of the API.
            Err(EngineApiError::JsonDataError { .. }) if attempts < LIST_ATTEMPTS => {
                sleep(Duration::from_millis(100)).await;
            }
            Err(error) => return Err(engine_error("could not list containers", error)),
        }
    };
    found.sort_by_key(|container| {
        let role = container.labels.as_ref().and_then(|all| all.get(labels::ROLE));
        role.is_none_or(|role| role != Role::Candidate.as_str())
    });
    Ok(found)
}

fn is_leftover(container: &HashMap<String, String>, this: &Owner, now: SystemTime) -> bool {
    let owner: Option<Owner> = container.get(labels::OWNER).and_then(|text| text.parse().ok());
    if owner.as_ref() == Some(this) {
        return false;
    }
    let Some(owner) = owner else { return true };
    match owner.fate() {
        Fate::Gone => true,
        // It removes them itself. A clock that jumps must not take them away from it.
        Fate::Lives => false,
        Fate::Unknown => {
            let deadline = container.get(labels::DEADLINE).and_then(|text| text.parse().ok());
            let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
            deadline.is_none_or(|deadline: u64| deadline < now)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(owner: &str, deadline: &str) -> HashMap<String, String> {
        HashMap::from([
            (labels::OWNER.into(), owner.into()),
            (labels::DEADLINE.into(), deadline.into()),
        ])
    }

    #[test]
    fn only_what_has_no_living_owner_or_is_over_its_deadline_is_a_leftover() {
        let this = Owner::this_process();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let elsewhere = "machine boot pid:[1] 1 1";
        assert!(!is_leftover(&container(&this.to_string(), "1"), &this, now));
        assert!(!is_leftover(&container(elsewhere, "1001"), &this, now));
        assert!(is_leftover(&container(elsewhere, "999"), &this, now));
        assert!(is_leftover(&container("nonsense", "1001"), &this, now));
        assert!(is_leftover(&HashMap::new(), &this, now));
        let text = this.to_string();
        let (head, _) = text.rsplit_once(' ').expect("fields");
        assert!(is_leftover(&container(&format!("{head} 0"), "1001"), &this, now));
    }

    #[test]
    fn a_clock_that_jumps_takes_nothing_from_a_living_process() {
        let mut shell = std::process::Command::new("sleep").arg("60").spawn().expect("a process");
        let other = Owner::of(shell.id()).to_string();
        let far = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40);
        let lives = is_leftover(&container(&other, "1"), &Owner::this_process(), far);
        shell.kill().and_then(|()| shell.wait().map(drop)).expect("ended");
        assert!(!lives);
        assert!(is_leftover(&container(&other, "1"), &Owner::this_process(), far));
    }
}
