//! The portal's pages: what stands around each of them, and what browsers load beside them.
//!
//! Unlike a report a page here is not self-contained: style and scripts are files of the portal, since its
//! content security policy allows none in a page. Every page works without scripts.

mod assets;
pub mod candidate;
mod frame;
mod notice;
mod shown;
pub mod team;

pub use assets::{Asset, asset, asset_path};
pub use frame::{Frame, NavLink};
pub use notice::{Notice, notice};
pub use shown::{Line, Lines};
