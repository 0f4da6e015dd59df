//! The portal over HTTP: pages for candidates and for the team, the API, and what operators ask.
//!
//! Every request passes the same frame: an id and a line in the log, the client's address, the headers
//! that a browser has to obey, and errors as a page or, below `/v1`, as a problem document. Nothing here
//! touches an engine; what is uploaded is graded by a worker.

mod address;
pub mod api;
mod app;
mod assets;
pub mod candidate;
mod csrf;
mod headers;
mod library;
mod live;
pub mod ops;
mod page;
mod problem;
mod requests;
mod route;
mod serve;
mod settings;
mod socket;
pub mod team;
mod throttle;

pub use address::Client;
pub use app::{App, Office, Portal};
pub use csrf::{Csrf, CsrfKeyError};
pub use library::{Library, Task};
pub use live::Live;
pub use ops::Meters;
pub use page::Page;
pub use problem::{Problem, Retry};
pub use requests::RequestId;
pub use route::{router, routes};
pub use serve::{Peer, ServeError, serve};
pub use settings::{InvalidSettings, Settings};
pub use throttle::{Rate, Throttle};
