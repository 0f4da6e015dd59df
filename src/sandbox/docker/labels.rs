//! The labels that every container, volume, network and image of ours carries.

/// Names the run; its presence marks a container as ours.
pub const RUN: &str = "takehome.run";
/// Judge or candidate.
pub const ROLE: &str = "takehome.role";
/// Unix time in seconds after which whoever cannot tell whether its owner lives may remove the container.
pub const DEADLINE: &str = "takehome.deadline";
/// The process that started it, as `process::Owner` writes it.
pub const OWNER: &str = "takehome.owner";
/// The cores that it was pinned to for a timing, and stays on.
pub const PINNED: &str = "takehome.pinned";
/// On an image: digest of the content that made it.
pub const CONTENT: &str = "takehome.content";
/// On an image: which of ours it is, such as `candidate-core`.
pub const IMAGE: &str = "takehome.image";
